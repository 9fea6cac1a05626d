"""ARFF files, whose header declares the type of each column.

``numeric`` and ``real`` are float, ``integer`` is integer, ``string`` text, ``date`` a timestamp (a
date if its format has no time), and a list of words is a categorical column of those words. ``?``
is missing. Sparse rows are filled with zeros and first words, as Weka does.

Values are separated by commas; where that gives the wrong number of them, by blanks, too. ``%``
begins a comment, and a number in braces at the end of a row is its weight.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from studiolo.datasets.arrow import Values
from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.formats import Content, Target
from studiolo.datasets.formats.arff_text import write_arff
from studiolo.datasets.formats.arff_types import Attribute, DeclarationError, attribute_of
from studiolo.datasets.formats.encoding import text_lines
from studiolo.datasets.formats.errors import (
    EmptyFileError,
    MalformedLineError,
    RaggedRowError,
    ValueNotAllowedError,
)
from studiolo.datasets.invariants import check_dataset, check_names, named_columns
from studiolo.datasets.reading_limits import check_cells

_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_BLANKS = re.compile(rf"[\s,]*({_QUOTED}|[^\s,'\"]+)")
#: A comment, and what may come before one: "50%" is a word.
_COMMENT = re.compile(rf"((?:[^%'\"]|{_QUOTED}|(?<=[^\s,}}'\"])%)*+)%.*")
_NOMINAL = re.compile(rf"\{{((?:[^'\"}}]|{_QUOTED})*)\}}.*")
_WEIGHT = re.compile(r"[\s,]\s*\{\s*([0-9.]+(?:[eE][+-]?[0-9]+)?)\s*\}$")
#: Lines of KEEL's files, which say what the columns are for.
_IGNORED = {"@relation", "@input", "@inputs", "@output", "@outputs"}
#: The name of the column of weights.
_WEIGHTS = "weight"
_ATTRIBUTE = re.compile(rf"@attribute\s+({_QUOTED}|[^\s{{'\"]+)\s*(.*)", re.I)
_VALUE = re.compile(rf"\s*({_QUOTED}|[^,'\"]*?)\s*(,|$)")
_SPARSE = re.compile(rf"\s*(\d+)\s+({_QUOTED}|[^,'\"]*?)\s*(,|$)")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}

#: Words of a row; None is missing.
Row = list[str | None]


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A line of the file."""

    number: int
    text: str
    file: str

    def malformed(self, problem: str, allowed: str) -> MalformedLineError:
        return MalformedLineError(
            file=self.file, line=self.number, problem=problem, text=self.text, allowed=allowed
        )


def read(content: Content) -> Dataset:
    """Read an ARFF file with the types that its header declares."""
    lines = [
        _Line(number=number, text=_without_comment(text).strip(), file=content.name)
        for number, text in enumerate(text_lines(content), start=1)
    ]
    lines = [line for line in lines if line.text]
    if not lines:
        raise EmptyFileError(file=content.name, needs="it needs @attribute lines and @data")
    attributes, data = _header(lines)
    changes: list[str] = []
    names = named_columns([attribute.name for attribute in attributes], changes=changes)
    check_names(names, source=content.name)
    weights = [_weight(line) for line in data]
    values = sum(line.text.count(",") + 1 for line in data)
    check_cells(rows=len(data), columns=len(attributes), values=values, file=content.name)
    rows = [_row(line, attributes) for line in data]
    numbers = [line.number for line in data]
    columns = [
        _column(attribute, place, [row[place] for row in rows], numbers, content.name)
        for place, attribute in enumerate(attributes)
    ]
    roles = {}
    if any(weight is not None for weight in weights):
        name = _WEIGHTS if _WEIGHTS not in names else f"{_WEIGHTS} of the row"
        columns.append(pa.array([1.0 if weight is None else weight for weight in weights]))
        names, roles = [*names, name], {name: ColumnRole.WEIGHT}
        changes.append(f'The weights of its rows became the column "{name}".')
    table = pa.Table.from_arrays(columns, names=names)
    return check_dataset(table, roles=roles, source=content.name, notes=changes)


def _without_comment(text: str) -> str:
    if "%" not in text:
        return text
    match = _COMMENT.match(text)
    return text if match is None else match[1]


def _weight(line: _Line) -> float | None:
    match = _WEIGHT.search(line.text)
    return None if match is None else float(match[1])


def write(dataset: Dataset, target: Target) -> None:
    """Write an ARFF file; a boolean column becomes the words false and true."""
    write_arff(dataset.table, target)


def _header(lines: Sequence[_Line]) -> tuple[list[Attribute], Sequence[_Line]]:
    """The declared columns, and the lines of the data."""
    attributes: list[Attribute] = []
    for place, line in enumerate(lines):
        keyword, *rest = line.text.split(maxsplit=1)
        keyword = keyword.lower()
        if keyword == "@data":
            if attributes:
                same = [replace(line, text=rest[0])] if rest else []
                return attributes, [*same, *lines[place + 1 :]]
            raise line.malformed(
                "no column was declared before the data", "@attribute <name> <type>"
            )
        if keyword == "@attribute":
            attributes.append(_attribute(line))
        elif keyword not in _IGNORED:
            allowed = "@relation, @attribute, @data, and comments that start with %"
            raise line.malformed("this does not belong in the header", allowed)
    raise lines[-1].malformed("the file ends without data", "a line @data, then the rows")


def _attribute(line: _Line) -> Attribute:
    match = _ATTRIBUTE.fullmatch(line.text)
    allowed = "@attribute <name> numeric|real|integer|string|date [format]|{word, word}"
    if match is None:
        raise line.malformed("this does not declare a column", allowed)
    declared = match.group(2)
    words: list[str] | None = None
    nominal = _NOMINAL.fullmatch(declared)
    if nominal is not None:
        words = _nominal_words(nominal[1])
        if words is None or len(set(words)) < len(words):
            raise line.malformed(
                "the categories of the column are not a list of different words", allowed
            )
    name, _ = _unquoted(match.group(1))
    try:
        return attribute_of(name, declared, words)
    except DeclarationError as error:
        raise line.malformed(str(error), error.allowed or allowed) from error


def _nominal_words(text: str) -> list[str] | None:
    """The words of a categorical column; ``?`` is not one. None if quotes do not match."""
    words = [] if not text.strip() else _words(text)
    if words is not None and len(words) == 1:
        words = _words_between_blanks(text)
    return None if words is None else [word for word in words if word is not None]


def _row(line: _Line, attributes: Sequence[Attribute]) -> Row:
    text = _WEIGHT.sub("", line.text)
    if text.startswith("{"):
        return _sparse_row(replace(line, text=text), attributes)
    row = _words(text)
    if row is not None and len(row) == len(attributes) + 1 and row[-1] == "":
        row = row[:-1]  # the comma that MOA writes at the end
    if row is None or len(row) < len(attributes):
        parts = _words_between_blanks(text)
        row = parts if parts is not None and len(parts) == len(attributes) else row
    if row is None:
        raise line.malformed("the quotes of the row do not match", "values in '…' with \\' for '")
    if len(row) != len(attributes):
        extra = row[len(attributes)] or "?" if len(row) > len(attributes) else ""
        raise RaggedRowError(
            file=line.file,
            line=line.number,
            found=len(row),
            expected=len(attributes),
            extra=extra,
            declared=True,
        )
    return row


def _sparse_row(line: _Line, attributes: Sequence[Attribute]) -> Row:
    allowed = "{<column from 0> <value>, …} with columns in ascending order"
    row: Row = [attribute.default for attribute in attributes]
    if not line.text.endswith("}"):
        raise line.malformed("the sparse row is not closed", allowed)
    inside = line.text[1:-1]
    position, last = 0, -1
    while inside.strip() and position < len(inside):
        match = _SPARSE.match(inside, position)
        place = int(match.group(1)) if match else -1
        if match is None or not last < place < len(attributes):
            raise line.malformed("this is not a sparse row of these columns", allowed)
        row[place] = _word(match.group(2))
        position, last = match.end(), place
    return row


def _words(text: str) -> Row | None:
    """The values between commas; None if quotes do not match."""
    if "'" not in text and '"' not in text:
        return [_word(part.strip()) for part in text.split(",")]
    words: Row = []
    position = 0
    while True:
        match = _VALUE.match(text, position)
        if match is None:
            return None
        words.append(_word(match.group(1)))
        position = match.end()
        if not match.group(2):
            return words


def _words_between_blanks(text: str) -> Row | None:
    """The values between blanks or commas; None if quotes do not match."""
    words: Row = []
    position = 0
    text = text.rstrip(", \t")
    while position < len(text):
        match = _BLANKS.match(text, position)
        if match is None:
            return None
        words.append(_word(match.group(1)))
        position = match.end()
    return words


def _word(text: str) -> str | None:
    word, quoted = _unquoted(text)
    return None if word == "?" and not quoted else word


def _unquoted(text: str) -> tuple[str, bool]:
    if len(text) < 2 or text[0] not in "'\"":
        return text, False
    plain = _ESCAPE.sub(lambda match: _ESCAPED.get(match.group(1), match.group(1)), text[1:-1])
    return plain, True


def _column(
    attribute: Attribute, place: int, words: Row, numbers: Sequence[int], file: str
) -> Values:
    column = pa.array(words, pa.large_string())
    wrong = attribute.first_wrong(column)
    if wrong is not None:
        raise ValueNotAllowedError(
            file=file,
            line=numbers[wrong],
            column=place + 1,
            name=attribute.name,
            value=words[wrong] or "",
            allowed=attribute.allowed,
        )
    return attribute.typed(column)
