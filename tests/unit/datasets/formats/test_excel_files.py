"""Excel workbooks as Excel and other programs write them."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart
from openpyxl.chartsheet import Chartsheet

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.errors import UnknownFormatError
from studiolo.datasets.formats.errors import (
    DamagedFileError,
    OtherFormatError,
    SheetMissingError,
    ValueNotAllowedError,
)
from studiolo.datasets.reading.files import FileFormat, read_dataset_bytes, write_dataset_to
from studiolo.datasets.reading_options import ReadingOptions


def saved(book: openpyxl.Workbook) -> bytes:
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def with_cells(*rows: list[Any]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    return book


def edited(data: bytes, part: str, edit: Callable[[str], str]) -> bytes:
    """The workbook with one of its parts changed, as another program might have written it."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(sink, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            new.writestr(name, edit(text) if part in name else text)
    return sink.getvalue()


def sheet_of(cells: str) -> bytes:
    """A workbook of the columns a and b whose second row has these cells."""
    data = saved(with_cells(["a", "b"], [1, 2]))
    second = '<row r="2">' + cells + "</row>"

    def edit(xml: str) -> str:
        return xml[: xml.index('<row r="2"')] + second + xml[xml.index("</sheetData>") :]

    return edited(data, "sheet1.xml", edit)


def read(data: bytes, sheet: str | None = None) -> Dataset:
    return read_dataset_bytes(data, name="a.xlsx", options=ReadingOptions(sheet=sheet))


def columns(data: bytes) -> dict[str, list[Any]]:
    return read(data).table.to_pydict()


@given(st.lists(st.text(st.sampled_from("_x00D5F_x\r\n a\U0001f600"), min_size=1), min_size=1))
@settings(max_examples=100, deadline=None)
def test_escapes_come_back(texts: list[str]) -> None:
    table = pa.table({"t": pa.array(texts, pa.large_string())})
    sink = io.BytesIO()
    write_dataset_to(Dataset(table=table), sink, name="out", format=FileFormat.EXCEL)
    assert columns(sink.getvalue()) == {"t": texts}


def test_escapes_of_excel() -> None:
    texts = "a_x000D_\nb", "_x005F_x000D_", "_xD83D__xDE00_", "_xD83D_"
    data = saved(with_cells(["t"], *([text] for text in texts)))
    assert columns(data)["t"] == ["a\r\nb", "_x000D_", "\U0001f600", "\N{REPLACEMENT CHARACTER}"]


def test_a_formula_without_its_value_is_refused() -> None:
    with pytest.raises(ValueNotAllowedError, match=r'line 2, column 2 \("b"\).*"=A2\*2".*save it'):
        read(sheet_of('<c r="A2"><v>1</v></c><c r="B2"><f>A2*2</f><v></v></c>'))


def test_the_value_of_a_formula() -> None:
    cells = '<c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>""</f><v></v></c>'
    assert columns(sheet_of(cells)) == {"a": [2], "b": [""]}


@pytest.mark.parametrize("word", ["#DIV/0!", "#GETTING_DATA", "#SPILL!"])
def test_errors_are_missing_and_said(word: str) -> None:
    dataset = read(sheet_of(f'<c r="A2"><v>1</v></c><c r="B2" t="e"><v>{word}</v></c>'))
    assert dataset.table.to_pydict() == {"a": [1], "b": [None]}
    assert word in dataset.notes[0]


def test_not_available_is_missing() -> None:
    dataset = read(sheet_of('<c r="A2"><v>1</v></c><c r="B2" t="e"><v>#N/A</v></c>'))
    assert dataset.table["b"].to_pylist() == [None]
    assert not dataset.notes


def test_texts_that_look_like_errors_are_texts() -> None:
    cells = "".join(f'<c t="inlineStr"><is><t>{word}</t></is></c>' for word in ("#REF!", "#N/A"))
    assert columns(sheet_of(cells)) == {"a": ["#REF!"], "b": ["#N/A"]}


def test_cells_of_other_programs() -> None:
    cells = '<c t="b"><v>true</v></c><c t="d"><v>2020-01-31T12:00:00</v></c>'
    assert columns(sheet_of(cells)) == {"a": [True], "b": [dt.datetime(2020, 1, 31, 12)]}


@pytest.mark.parametrize(
    "cells",
    ["<c><v>2,5</v></c>", '<c t="b"><v>x</v></c>', '<c t="s"><v>9</v></c>', "<c>", "<c r='1'/>"],
)
def test_damaged_cells(cells: str) -> None:
    with pytest.raises(DamagedFileError, match=r"sheet1\.xml"):
        read(sheet_of(cells))


def test_a_date_that_does_not_exist() -> None:
    book = with_cells(["d"], [9_000_000_000])
    cell: Any = book.active["A2"]  # type: ignore[index]
    cell.number_format = "yyyy-mm-dd"
    with pytest.raises(ValueNotAllowedError, match=r"9000000000.*shows it as a date"):
        read(saved(book))


def test_dates_of_both_calendars() -> None:
    book = with_cells(["d"], [dt.datetime(2020, 1, 31)])
    assert columns(saved(book))["d"] == [dt.datetime(2020, 1, 31)]
    book.epoch = dt.datetime(1904, 1, 1)
    assert columns(saved(book))["d"] == [dt.datetime(2020, 1, 31)]


def test_charts_are_no_tables() -> None:
    book = with_cells(["a"], [1])
    chart: Chartsheet = book.create_chartsheet("Chart", 0)
    chart.add_chart(BarChart())
    assert columns(saved(book)) == {"a": [1]}
    with pytest.raises(SheetMissingError, match=r'"Chart".*is a chart.*Its sheets: "Sheet"'):
        read(saved(book), "Chart")


def test_styles_may_be_as_they_like() -> None:
    data = saved(with_cells(["a"], [1]))
    broken = edited(data, "styles.xml", lambda xml: xml.replace("<patternFill", "<odd"))
    assert columns(edited(broken, "theme1.xml", lambda _: "no XML")) == {"a": [1]}


def test_the_strict_form() -> None:
    data = saved(with_cells(["a", "d"], [1, "x"]))
    spreadsheet = "schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "schemas.openxmlformats.org/officeDocument/2006/relationships"

    def strict(xml: str) -> str:
        xml = xml.replace(spreadsheet, "purl.oclc.org/ooxml/spreadsheetml/main")
        return xml.replace(relations, "purl.oclc.org/ooxml/officeDocument/relationships")

    assert columns(edited(data, "", strict)) == {"a": [1], "d": ["x"]}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"), "password"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(512), r"old form \.xls"),
        (b"\n<html><table>", "HTML"),
    ],
)
def test_other_formats_under_the_name(data: bytes, words: str) -> None:
    with pytest.raises(OtherFormatError, match=words):
        read(data)


def test_old_workbooks_are_told_what_to_do() -> None:
    with pytest.raises(UnknownFormatError, match=r"Save it as Excel Workbook \(\.xlsx\)") as caught:
        read_dataset_bytes(b"", name="a.xls")
    assert "Did you mean" not in str(caught.value)


def test_nothing_is_said_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    data = saved(with_cells(["a"], [1]))
    extended = edited(
        data,
        "sheet1.xml",
        lambda xml: xml.replace("</sheetData>", "</sheetData><extLst><ext/></extLst>"),
    )
    assert columns(extended) == {"a": [1]}
    assert capfd.readouterr().err == ""
