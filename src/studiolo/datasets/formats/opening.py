"""The reading of one file: its options are checked, its text is brought to UTF-8."""

from dataclasses import replace

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.errors import OptionNotApplicableError, SheetNotApplicableError
from studiolo.datasets.formats import Content, FileFormat, module_of
from studiolo.datasets.formats.encoding import line_of
from studiolo.datasets.formats.errors import (
    DelimiterNotAllowedError,
    EncodingUnknownError,
    GivenEncodingError,
)

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
_SPELLED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": " ", "pipe": "|"}


def read_content(content: Content) -> Dataset:
    """Read a dataset file with the options that are given for it.

    Raises:
        DatasetError: An option does not fit the file, or the file does not follow its format.
    """
    if content.format not in _PACKED:  # its member meets the options
        content = _prepared(content)
    return module_of(content.format).read(content)


def _prepared(content: Content) -> Content:
    if content.sheet is not None and content.format is not FileFormat.EXCEL:
        raise SheetNotApplicableError(file=content.name, sheet=content.sheet)
    if content.delimiter is not None:
        if content.format not in _DELIMITED:
            raise OptionNotApplicableError(
                file=content.name, option="delimiter", kind="delimited text (.csv, .tsv)"
            )
        content = replace(content, delimiter=_delimiter(content.delimiter))
    if content.encoding is not None:
        if content.format not in _TEXT:
            raise OptionNotApplicableError(
                file=content.name, option="encoding", kind="a text file such as .csv or .arff"
            )
        content = replace(content, data=_in_utf8(content, content.encoding))
    return content


def _delimiter(given: str) -> str:
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
    except LookupError as error:
        raise EncodingUnknownError(encoding=encoding) from error
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
