"""The cells of one sheet of a workbook, read from its XML.

Only what decides a value is looked at: the kind of each cell, the texts that sheets share, and
which number formats are dates. Fonts, fills, charts, names and macros may be as they like. Tags are
known by their names without the namespace, which differs in Excel's Strict form.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, cast
from xml.etree.ElementTree import Element, ParseError, fromstring, iterparse

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, from_ISO8601

from studiolo.datasets.formats.python_values import Value

#: Characters that XML can't hold stand for themselves as ``_x000D_`` (ECMA-376, ST_Xstring).
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_TRUE = {"1": True, "true": True, "0": False, "false": False}


class SheetDamagedError(Exception):
    """A workbook's XML can't be understood; the text says where and why."""


@dataclass(frozen=True)
class CellError:
    """A cell whose formula has an error, such as ``#DIV/0!``."""

    word: str


@dataclass(frozen=True)
class Uncalculated:
    """A cell whose formula was never calculated."""

    formula: str


@dataclass(frozen=True)
class ImpossibleDate:
    """A cell that is to show a number as a date that does not exist."""

    number: str


Cell = Value | CellError | Uncalculated | ImpossibleDate


@dataclass(frozen=True, kw_only=True)
class SheetPart:
    """A sheet of a workbook."""

    name: str
    #: Its file in the archive.
    path: str
    #: Whether it has cells, and is not a chart or a macro.
    has_cells: bool


class Workbook:
    """An open workbook."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Raises ``SheetDamagedError`` if its parts can't be found."""
        self._archive = archive
        path = self._target("_rels/.rels", "", "/officeDocument") or "xl/workbook.xml"
        book = self._xml(path)
        rels = posixpath.join(posixpath.dirname(path), "_rels", posixpath.basename(path) + ".rels")
        self._relations = self._read_relations(rels, posixpath.dirname(path))
        properties = _first(book, "workbookPr")
        mac = properties is not None and _TRUE.get(properties.get("date1904", "0"), False)
        self._epoch = MAC_EPOCH if mac else WINDOWS_EPOCH
        self.sheets = self._read_sheets(book)
        self._texts: list[str] | None = None
        self._dates: tuple[set[int], set[int]] | None = None

    def rows(self, sheet: SheetPart) -> Iterator[tuple[int, dict[int, Cell]]]:
        """The rows of a sheet that have cells: their number, and cells by column, both from 1."""
        row_number = 0
        with self._open(sheet.path) as source:
            for row in _elements(source, "row", sheet.path):
                row_number = _whole(row.get("r"), row_number + 1, sheet.path)
                cells: dict[int, Cell] = {}
                column = 0
                for cell in row:
                    if _local(cell) != "c":
                        continue
                    column = _column(cell, column + 1, sheet.path)
                    value = self._value(cell, sheet.path)
                    if value is not None:
                        cells[column] = value
                yield row_number, cells

    def _value(self, cell: Element, path: str) -> Cell:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            texts = [part for part in cell if _local(part) == "is"]
            return _text_of(texts[0]) if texts else None
        stored = next((part.text or "" for part in cell if _local(part) == "v"), None)
        formula = next((part for part in cell if _local(part) == "f"), None)
        if stored is None or (not stored and kind != "str"):
            # A formula whose value is an empty text has an empty value of the kind of texts.
            return None if formula is None else Uncalculated(f"={formula.text or ''}")
        try:
            return self._stored_value(kind, stored, cell)
        except (ValueError, IndexError, KeyError) as error:
            place = f"cell {cell.get('r', '')} of {path}"
            raise SheetDamagedError(f'{place} holds "{stored[:80]}" as {kind!r}') from error

    def _stored_value(self, kind: str, stored: str, cell: Element) -> Cell:
        if kind == "s":
            return self._shared_texts()[int(stored)]
        if kind == "str":
            return _unescaped(stored)
        if kind == "b":
            return _TRUE[stored.strip().lower()]
        if kind == "e":
            return CellError(stored)
        if kind == "d":
            return cast("Value", from_ISO8601(stored))  # type: ignore[no-untyped-call]  # openpyxl's
        return self._number(stored, int(cell.get("s", "0")))

    def _number(self, stored: str, style: int) -> Cell:
        number = int(stored) if re.fullmatch(r"[+-]?[0-9]{1,300}", stored) else float(stored)
        dates, durations = self._date_styles()
        if style not in dates:
            return number
        try:
            found = from_excel(number, self._epoch, timedelta=style in durations)
        except (OverflowError, ValueError):
            return ImpossibleDate(stored)
        return cast("Value", found)

    def _shared_texts(self) -> list[str]:
        if self._texts is None:
            path = self._relation("/sharedStrings")
            self._texts = []
            if path is not None:
                with self._open(path) as source:
                    self._texts = [_text_of(item) for item in _elements(source, "si", path)]
        return self._texts

    def _date_styles(self) -> tuple[set[int], set[int]]:
        """The numbers of the styles that show a number as a date or time, and as a duration."""
        if self._dates is None:
            path = self._relation("/styles")
            self._dates = (set(), set()) if path is None else _date_styles(self._xml(path))
        return self._dates

    def _read_sheets(self, book: Element) -> Sequence[SheetPart]:
        found = []
        listed = _first(book, "sheets")
        for sheet in () if listed is None else listed:
            identity = next((v for k, v in sheet.items() if k.endswith("}id")), "")
            if identity in self._relations:
                kind, path = self._relations[identity]
                name = sheet.get("name", "")
                has_cells = kind.endswith("/worksheet")
                found.append(SheetPart(name=name, path=path, has_cells=has_cells))
        return found

    def _relation(self, ending: str) -> str | None:
        return next(
            (path for kind, path in self._relations.values() if kind.endswith(ending)), None
        )

    def _target(self, rels: str, folder: str, ending: str) -> str | None:
        if rels not in self._archive.namelist():
            return None
        found = self._read_relations(rels, folder).values()
        return next((path for kind, path in found if kind.endswith(ending)), None)

    def _read_relations(self, rels: str, folder: str) -> dict[str, tuple[str, str]]:
        """Kind and path of each part that another refers to, by the name of the reference."""
        found = {}
        for relation in self._xml(rels):
            target = relation.get("Target", "").replace("\\", "/")
            path = target[1:] if target.startswith("/") else posixpath.join(folder, target)
            found[relation.get("Id", "")] = (relation.get("Type", ""), posixpath.normpath(path))
        return found

    def _xml(self, path: str) -> Element:
        with self._open(path) as source:
            try:
                return fromstring(source.read())  # noqa: S314 expat limits what entities grow to
            except ParseError as error:
                raise SheetDamagedError(f"{path}: {error}") from error

    def _open(self, path: str) -> IO[bytes]:
        try:
            return self._archive.open(path)
        except KeyError as error:
            raise SheetDamagedError(f'it has no part "{path}"') from error


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _first(element: Element, name: str) -> Element | None:
    return next((child for child in element if _local(child) == name), None)


def _elements(source: IO[bytes], name: str, path: str) -> Iterator[Element]:
    """The elements of a name, one after the other; each is emptied afterwards."""
    opened = iterparse(source, events=("start", "end"))  # noqa: S314 as above
    parents: list[Element] = []
    try:
        for event, element in opened:
            if event == "start":
                parents.append(element)
                continue
            parents.pop()
            if _local(element) == name:
                yield element
                element.clear()
                if parents:
                    parents[-1].remove(element)
    except ParseError as error:
        raise SheetDamagedError(f"{path}: {error}") from error


def _whole(text: str | None, default: int, path: str) -> int:
    try:
        return default if text is None else int(float(text))
    except (ValueError, OverflowError) as error:
        raise SheetDamagedError(f'{path} has a row "{text}"') from error


def _column(cell: Element, default: int, path: str) -> int:
    place = cell.get("r")
    if place is None:
        return default
    try:
        return coordinate_to_tuple(place)[1]
    except ValueError as error:
        raise SheetDamagedError(f'{path} has a cell "{place}"') from error


def _text_of(item: Element) -> str:
    """A text, which may be in parts of several fonts; how it is pronounced is left out."""
    parts = []
    for child in item:
        name = _local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts += [part.text or "" for part in child if _local(part) == "t"]
    return _unescaped("".join(parts))


def _unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    # An emoji is two escapes; half of one is not a character.
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def escaped(text: str) -> str:
    """A text as a workbook stores it: CR, and what looks like an escape itself, are escaped."""
    return _ESCAPED.sub(r"_x005F_x\1_", text).replace("\r", "_x000D_")


def _date_styles(styles: Element) -> tuple[set[int], set[int]]:
    codes: dict[int, str] = dict(BUILTIN_FORMATS)
    numbered = _first(styles, "numFmts")
    for code in () if numbered is None else numbered:
        codes[int(code.get("numFmtId", "0"))] = code.get("formatCode", "")
    used = _first(styles, "cellXfs")
    formats = [int(style.get("numFmtId", "0")) for style in (() if used is None else used)]
    dates = {place for place, number in enumerate(formats) if is_date_format(codes.get(number))}
    durations = {
        place for place, number in enumerate(formats) if is_timedelta_format(codes.get(number))
    }
    return dates, durations
