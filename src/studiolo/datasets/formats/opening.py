"""The reading of one file: its options are checked, its text is brought to UTF-8."""

from dataclasses import replace

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.errors import OptionNotApplicableError, SheetNotApplicableError
from studiolo.datasets.formats import Content, FileFormat, module_of
from studiolo.datasets.formats.encoding import line_of
from studiolo.datasets.formats.errors import (
    DecimalNotAllowedError,
    DelimiterNotAllowedError,
    EncodingUnknownError,
    GivenEncodingError,
)
from studiolo.datasets.reading_options import ReadingOptions

_PACKED = {FileFormat.ZIP, FileFormat.GZIP}
_DELIMITED = {
    FileFormat.CSV,
    FileFormat.CSV_NO_HEADER,
    FileFormat.TSV,
    FileFormat.TSV_NO_HEADER,
}
_TEXT = {
    *_DELIMITED,
    FileFormat.PLAIN_TEXT,
    FileFormat.ARFF,
    FileFormat.SVMLIGHT,
    FileFormat.JSON_LINES,
}
_CALLED = {"delimiter": "delimiter", "decimal": "decimal mark"}
_SPELLED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": " ", "pipe": "|"}


def read_content(content: Content) -> Dataset:
    """Read a dataset file with the options that are given for it.

    Raises:
        DatasetError: An option does not fit the file, or the file does not follow its format.
    """
    if content.format not in _PACKED:  # its member meets the options
        content = _prepared(content)
    return module_of(content.format).read(content)


def check_options(options: ReadingOptions, *, file: str, file_format: FileFormat) -> None:
    """Refuse options that are none, or that mean nothing to a file of this format.

    Of a zip, only what is in it tells whether they do.

    Raises:
        DatasetError: One is.
    """
    is_any = file_format is FileFormat.ZIP
    if options.sheet is not None and not is_any and file_format is not FileFormat.EXCEL:
        raise SheetNotApplicableError(file=file, sheet=options.sheet)
    for name in ("delimiter", "decimal"):
        if name in options.given() and not is_any and file_format not in _DELIMITED:
            raise OptionNotApplicableError(
                file=file, option=_CALLED[name], kind="delimited text (.csv, .tsv)"
            )
    if options.delimiter is not None:
        one_delimiter(options.delimiter)
    if options.decimal not in (None, ".", ","):
        raise DecimalNotAllowedError(decimal=options.decimal)
    if options.encoding is not None:
        if not is_any and file_format not in _TEXT:
            raise OptionNotApplicableError(
                file=file, option="encoding", kind="a text file such as .csv or .arff"
            )
        _check_encoding(options.encoding)


def check_sheet(content: Content) -> None:
    """Refuse a sheet that a workbook does not have, also one that is packed."""
    if content.format in (FileFormat.ZIP, FileFormat.GZIP):
        read_content(content)
        return
    # Here and not above: few files are workbooks.
    from studiolo.datasets.formats import excel  # noqa: PLC0415

    excel.check_sheet(content)


def _prepared(content: Content) -> Content:
    options = content.options
    check_options(options, file=content.name, file_format=content.format)
    if options.delimiter is not None:
        delimiter = one_delimiter(options.delimiter)
        content = replace(content, options=replace(options, delimiter=delimiter))
    if options.encoding is not None:
        content = replace(content, data=_in_utf8(content, options.encoding))
    return content


def _check_encoding(encoding: str) -> None:
    try:
        b"a".decode(encoding)
    except UnicodeError:
        pass  # two or four bytes make a character
    except (LookupError, ValueError) as error:
        raise EncodingUnknownError(encoding=encoding) from error


def one_delimiter(given: str) -> str:
    """One character, which may be spelled by its name."""
    delimiter = _SPELLED.get(given.lower(), given)
    plain = len(delimiter) == 1 and delimiter.isascii() and not delimiter.isalnum()
    if not plain or delimiter in '"\r\n\0':
        raise DelimiterNotAllowedError(delimiter=given)
    return delimiter


def _in_utf8(content: Content, encoding: str) -> pa.Buffer:
    data = content.data.to_pybytes()
    try:
        return pa.py_buffer(data.decode(encoding).encode())
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        end = error.end if isinstance(error, UnicodeDecodeError) else 1
        raise GivenEncodingError(
            file=content.name,
            line=line_of(data, start),
            offset=start,
            found=data[start:end],
            encoding=encoding,
        ) from error
