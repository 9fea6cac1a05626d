"""The page of a dataset in a real browser: its versions, its table, its files."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect
from tests.browser.conftest import NewPage, check_accessibility
from tests.server_process import server_process

from studiolo.workspace.folder.sample import new_workspace

BUILT = Path(__file__).parents[2] / "src" / "studiolo" / "_ui" / "index.html"
pytestmark = pytest.mark.skipif(not BUILT.exists(), reason='"make frontend" builds the page')

PINNED = "studiolo: 1\nname: Pinned\nnodes:\n  data: {dataset: versions.csv, version: 1}\n"
FOLLOWS = "studiolo: 1\nname: Follows\nnodes:\n  data: {dataset: versions.csv}\n"


@dataclass(frozen=True, kw_only=True)
class Studio:
    """A server of a workspace with datasets."""

    url: str
    #: The link that signs a browser in.
    link: str
    datasets: Path

    def open(self, page: Page, path: str) -> None:
        page.goto(self.link)
        page.goto(f"{self.url}{path}")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    root = new_workspace(tmp_path_factory.mktemp("datasets") / "workspace", samples=False)
    for name, text in (("pinned", PINNED), ("follows", FOLLOWS)):
        folder = root / "experiments" / name
        folder.mkdir(parents=True)
        (folder / "experiment.yaml").write_text(text, encoding="utf-8")
    with server_process(root) as server:
        line = server.next_line
        while "/signin" not in line:
            line = server.next_line
        yield Studio(url=server.url, link=line.split()[-1], datasets=root / "datasets")


def downloaded(page: Page, button: str, file_format: str) -> tuple[str, bytes]:
    """The name and the content of the file that an entry of a menu gives."""
    page.get_by_role("button", name=button, exact=True).click()
    with page.expect_download() as saving:
        page.get_by_role("menuitem", name=file_format).click()
    return saving.value.suggested_filename, Path(saving.value.path()).read_bytes()


def test_every_version_opens_and_is_saved(page: Page, studio: Studio) -> None:
    file = studio.datasets / "versions.csv"
    file.write_text("x\n1\n2\n", encoding="utf-8")
    studio.open(page, "/datasets/versions.csv")
    expect(page.get_by_role("gridcell")).to_have_text(["1", "2"])
    expect(page.get_by_role("button", name="Version 1 of 1")).to_be_visible()
    file.write_text("x,y\n7,a\n8,b\n9,c\n", encoding="utf-8")
    # The page notices when it is looked at again: no row of the old content stays.
    page.get_by_role("link", name="Datasets").first.click()
    page.reload()
    page.get_by_role("link", name="versions.csv").click()
    expect(page.get_by_role("gridcell").first).to_have_text("7")
    expect(page.locator(".banner")).to_have_count(0)
    page.get_by_role("button", name="Version 2 of 2").click()
    rows = page.get_by_role("dialog").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("3 rows · 2 columns")
    expect(rows.nth(1).get_by_role("link")).to_have_text(["2", "follows"])
    expect(rows.nth(2)).to_contain_text("2 rows · 1 column")
    expect(rows.nth(2).get_by_role("link")).to_have_text(["1", "pinned"])
    check_accessibility(page)
    page.get_by_role("link", name="Open version 1").click()
    page.wait_for_url("**/datasets/versions.csv?version=1")
    expect(page.get_by_role("gridcell")).to_have_text(["1", "2"])
    expect(page.locator(".banner")).to_contain_text("This is version 1, first seen")
    expect(page.locator(".topbar")).to_contain_text("Used by: pinned")
    expect(page.locator(".statistics")).to_contain_text("Mean1.5")
    check_accessibility(page)
    assert downloaded(page, "Download", "CSV") == ("versions-version-1.csv", b"x\n1\n2\n")
    # A bookmark, and the button back.
    page.reload()
    expect(page.get_by_role("gridcell")).to_have_text(["1", "2"])
    page.go_back()
    expect(page.get_by_role("gridcell").first).to_have_text("7")
    page.go_forward()
    page.get_by_role("link", name="Open the current version").click()
    expect(page.get_by_role("gridcell").first).to_have_text("7")
    expect(page.locator(".banner")).to_have_count(0)
    # A node of a version that has not run shows that version.
    page.goto(f"{studio.url}/experiments/pinned")
    page.locator(".react-flow__node").click()
    page.keyboard.press("v")
    page.wait_for_url("**/datasets/versions.csv?version=1")
    page.goto(f"{studio.url}/datasets/versions.csv?version=9")
    expect(page.get_by_role("alert")).to_contain_text("versions.csv")


LONG = "n" * 10_000
MARKUP = "<img src=x onerror=alert(1)>"
SEOUL = pa.timestamp("us", "Asia/Seoul")
ODD: dict[str, Any] = {
    "none": pa.array([None] * 4, pa.float64()),
    "flag": [True, False, None, True],
    "day": [date(2020, 1, 1), date(1850, 12, 31), None, date(2024, 2, 29)],
    "moment": pa.array([1_577_880_001_123_456, None, 946_684_740_000_000, 0], SEOUL),
    "length": pa.array([86_403, None, 0, -5], pa.duration("s")),
    "level": pa.array(["low", "high", None, "low"]).dictionary_encode(),
    MARKUP: ["<b>bold</b>", MARKUP, "line\nbreak", None],
    "big": [2**53 + 1, 2**63 - 1, -(2**63), None],
    "share": [math.nan, math.inf, -math.inf, 1.5],
    "100%:2": [1, 2, 3, 4],
    LONG: ["a", "b", "c", "d"],
}


def row(page: Page, number: int) -> Locator:
    """The cells of a row, counted from 1."""
    return page.get_by_role("row").nth(number).get_by_role("gridcell")


def column(page: Page, name: str) -> None:
    """Choose a column by the field that finds one."""
    field = page.get_by_label("Find a column")
    field.fill(name)
    shown = name if len(name) <= 200 else f"{name[:200]}…"
    expect(page.locator(".statistics h2")).to_have_text(shown)


def expect_rows(page: Page, number: int) -> None:
    """Wait until the table has so many rows, all of them in view."""
    shown = re.compile(rf"Rows 1.{number} of {number}$")
    expect(page.locator(".foot > :first-child")).to_have_text(shown)


def filter_by(page: Page, how: str, value: str = "") -> None:
    page.get_by_label("How to compare").select_option(label=how)
    if value:
        page.get_by_label("Value", exact=True).fill(value)
    page.get_by_role("button", name="Filter", exact=True).click()


def clear(page: Page) -> None:
    page.get_by_role("button", name="Remove the filter").click()
    expect(page.get_by_role("button", name="Remove the filter")).to_have_count(0)


def test_columns_of_every_type_are_shown_filtered_and_compared(
    new_page: NewPage, studio: Studio
) -> None:
    pq.write_table(pa.table(ODD), studio.datasets / "odd.parquet")
    page = new_page(width=2600)
    studio.open(page, "/datasets/odd.parquet")
    expect(row(page, 3).nth(6)).to_have_text("line⏎break")
    cells = row(page, 1).all_text_contents()
    assert cells[:4] == ["missing", "true", "2020-01-01", "2020-01-01T21:00:01.123456+09:00"]
    assert cells[4:] == ["P1DT3S", "low", "<b>bold</b>", "9007199254740993", "missing", "1", "a"]
    expect(row(page, 2).nth(8)).to_have_text("inf")
    for name, how, value, rows in (
        ("none", "is missing", "", 4),
        ("flag", "equals", "TRUE", 2),
        ("day", "is less than", "2000-01-01", 1),
        ("moment", "is more than", "2020-01-01 20:59", 1),
        ("length", "is at most", "PT0S", 2),
        ("level", "contains", "LO", 2),
        (MARKUP, "equals", "<b>bold</b>", 1),
        ("big", "equals", "9007199254740993", 1),
        ("share", "differs from", "1.5", 2),
        ("100%:2", "is at least", "2.5", 2),
        (LONG, "equals", "c", 1),
    ):
        column(page, name)
        filter_by(page, how, value)
        expect_rows(page, rows)
        clear(page)
    column(page, "length")
    filter_by(page, "equals", "soon")
    refused = page.get_by_role("alert")
    expect(refused).to_contain_text('"length" is compared with a duration, such as')
    expect_rows(page, 4)
    column(page, "share")
    expect(page.locator(".statistics .kv")).to_contain_text("Infinite values2")
    other = page.get_by_label("Column to compare to")
    other.select_option("none")
    expect(page.get_by_text("No row has a value in both columns.")).to_be_visible()
    other.select_option("100%:2")
    expect(page.get_by_role("img", name="Each row as a point")).to_be_visible()
    expect(page.locator("figcaption")).to_have_text("1 row")
    column(page, "big")
    other.select_option("level")
    expect(page.get_by_role("img", name="Box plots of big for each value of level")).to_be_visible()
    expect(page.locator(".box")).to_have_count(2)
    column(page, "length")
    expect(page.locator(".crosstab th[scope=row]")).to_have_text(["P1DT3S", "PT0S", "-PT5S"])
    check_accessibility(page)


def test_the_table_is_sorted_and_its_rows_are_downloaded(page: Page, studio: Studio) -> None:
    table = pa.table({"n": [3, 1, 2, 3, None], "t": ["c", "a", "b", "d", "e"]})
    pq.write_table(table, studio.datasets / "five.parquet")
    studio.open(page, "/datasets/five.parquet")
    first = page.get_by_role("gridcell").first
    expect(first).to_have_text("3")
    page.get_by_role("button", name="Sort ascending: n").click()
    expect(first).to_have_text("1")
    expect(row(page, 5)).to_have_text(["missing", "e"])
    page.get_by_role("button", name="Sort descending: n").click()
    expect(row(page, 1)).to_have_text(["3", "c"])
    headers = page.get_by_role("columnheader")
    expect(headers.nth(1)).to_have_attribute("aria-sort", "descending")
    filter_by(page, "is at least", "2")
    expect(page.get_by_role("button", name="Download all rows")).to_be_visible()
    name, content = downloaded(page, "Download these rows", "Parquet")
    assert name == "five-filtered.parquet"
    shown = {"n": [3, 3, 2], "t": ["c", "d", "b"]}
    assert pq.read_table(BytesIO(content)).to_pydict() == shown
    name, content = downloaded(page, "Download all rows", "JSON lines")
    assert name == "five.jsonl"
    assert [json.loads(line)["t"] for line in content.splitlines()] == list("cdbae")
    clear(page)
    for _ in range(2):
        filter_by(page, "is more than", "7")
    expect(page.get_by_role("status").filter(has_text="No row passes")).to_be_visible()
    clear(page)
    name, content = downloaded(page, "Download", "Excel")
    assert name == "five.xlsx"
    assert content.startswith(b"PK")
    # The histogram has another look and other bins.
    chart = page.get_by_role("img", name="Distribution")
    expect(chart.locator("rect")).to_have_count(24)
    page.get_by_label("Bins").select_option("5")
    expect(chart.locator("rect")).to_have_count(5)
    low = chart.locator("rect").nth(0)
    linear = low.get_attribute("height")
    page.get_by_label("Log scale").check()
    expect(low).not_to_have_attribute("height", linear or "")
    page.get_by_label("Cumulative").check()
    expect(chart.locator(".s2")).to_be_visible()
    check_accessibility(page)


def test_a_file_that_can_not_be_written_leaves_the_page_where_it_is(
    page: Page, studio: Studio
) -> None:
    pq.write_table(pa.table({"b": [b"\x00\xff"]}), studio.datasets / "bytes.parquet")
    studio.open(page, "/datasets/bytes.parquet")
    expect(page.get_by_role("gridcell")).to_have_text("00ff")
    page.get_by_role("button", name="Download", exact=True).click()
    page.get_by_role("menuitem", name="CSV").click()
    expect(page.locator(".toast")).to_contain_text("CSV cannot hold binary values")
    expect(page.get_by_role("gridcell")).to_have_text("00ff")
    expect(page.get_by_role("button", name="Download", exact=True)).to_be_enabled()


def test_tables_without_rows_with_one_and_with_many_columns(page: Page, studio: Studio) -> None:
    odd = pa.table(ODD)
    pq.write_table(odd.slice(0, 0), studio.datasets / "empty.parquet")
    pq.write_table(odd.slice(0, 1), studio.datasets / "one.parquet")
    wide = pa.table({f"c{n}": [n] for n in range(5_000)})
    pq.write_table(wide, studio.datasets / "wide.parquet")
    pq.write_table(pa.table({"l": [[1, 2]]}), studio.datasets / "nested.parquet")
    studio.open(page, "/datasets/empty.parquet")
    note = page.get_by_text("This dataset has no rows.")
    expect(note).to_be_visible()
    box = note.bounding_box()
    assert box is not None
    assert box["height"] < 40
    assert downloaded(page, "Download", "TSV")[1].startswith(b"none\tflag\t")
    page.goto(f"{studio.url}/datasets/one.parquet")
    expect_rows(page, 1)
    page.goto(f"{studio.url}/datasets/wide.parquet")
    column(page, "c4999")
    expect(page.get_by_role("gridcell", selected=True)).to_have_text("4999")
    assert page.get_by_role("gridcell").count() < 20
    page.goto(f"{studio.url}/datasets/nested.parquet")
    expect(page.get_by_role("alert")).to_contain_text('Column 1 ("l") of nested.parquet')


def drop(page: Page, name: str, script: str) -> None:
    """Drop a file on the page, whose content an expression of JavaScript makes."""
    files = page.evaluate_handle(
        "name => { const files = new DataTransfer();"
        f" files.items.add(new File([{script}], name)); return files; }}",
        name,
    )
    target = page.get_by_role("main")
    target.dispatch_event("dragover", {"dataTransfer": files})
    expect(target).to_have_class(re.compile(r"\bover\b"))
    target.dispatch_event("drop", {"dataTransfer": files})
    expect(target).not_to_have_class(re.compile(r"\bover\b"))


def test_a_dropped_file_arrives_over_a_lost_connection(
    page: Page, studio: Studio, complaints: list[str]
) -> None:
    rows, cell = 20, 1_000_000
    studio.open(page, "/datasets")
    sent: list[str] = []
    held: list[Route] = []

    def carry(route: Route, request: Request) -> None:
        sent.append(request.url.rpartition("=")[2])
        if len(sent) == 2:
            route.abort("connectionreset")
        elif len(sent) == 3:
            held.append(route)
        else:
            route.continue_()

    page.route(re.compile(r"/api/uploads/\w+\?offset="), carry)
    content = f"'code,note\\n' + ('007,' + 'x'.repeat({cell}) + '\\n').repeat({rows})"
    drop(page, "codes.csv", content)
    # The second piece was lost, and is on its way again.
    progress = page.get_by_role("progressbar", name="Uploading codes.csv: 42 %")
    expect(progress).to_be_visible()
    expect(page.locator(".upload")).to_contain_text("8.4 MB / 20 MB")
    while len(sent) < 3:
        page.wait_for_timeout(100)
    held[0].continue_()
    expect(page.get_by_role("cell", name="007").first).to_be_visible()
    piece = 8 * 1024 * 1024
    assert [text for text in complaints if "ERR_CONNECTION_RESET" not in text] == []
    complaints.clear()
    assert sent == ["0", str(piece), str(piece), str(2 * piece)]
    # What is guessed is shown, and another type takes its place before anything is stored.
    types = page.get_by_label("Type of code")
    expect(types.locator("option:checked")).to_have_text("Text")
    types.select_option("integer")
    assert not list(studio.datasets.glob("codes.*"))
    page.get_by_role("button", name="Store dataset").click()
    page.get_by_role("link", name="codes.parquet").click()
    expect(page.locator(".topbar")).to_contain_text(f"{rows} rows")
    stored = pq.read_table(studio.datasets / "codes.parquet")
    assert stored.column("code").to_pylist() == [7] * rows
    assert stored.column("note").to_pylist() == ["x" * cell] * rows


def test_a_file_that_takes_the_place_of_another_is_its_next_version(
    page: Page, studio: Studio
) -> None:
    studio.open(page, "/datasets")
    for number in (1, 2):
        drop(page, "again.csv", f"'n\\n{number}\\n'")
        page.get_by_role("button", name="Store dataset").click()
        if number > 1:
            expect(page.get_by_role("alert")).to_contain_text("There already is a dataset")
            page.get_by_role("button", name="Replace it").click()
        page.get_by_role("link", name="again.csv").click()
        # No row of the content that was there a moment ago.
        expect(page.get_by_role("gridcell")).to_have_text([str(number)])
        expect(page.get_by_role("button", name=f"Version {number} of {number}")).to_be_visible()
        page.get_by_role("link", name="Datasets").first.click()
