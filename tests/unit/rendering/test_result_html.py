"""What a notebook shows of a run is text: nothing of it can act."""

import base64
import datetime
import html.parser

import pyarrow as pa
import pytest

from studiolo.rendering.node_row import NodeRow
from studiolo.rendering.result_html import image_html, node_html, run_html
from studiolo.sandbox.exchange.job import Failure, Image, Remedy
from studiolo.store.run_record import NodeState

EVIL = "<script>alert(\"1\")</script><img src=x onerror='alert(2)'>&amp;"
PNG = b"\x89PNG\r\n\x1a\n rest"
#: Elements and attributes that are written here; anything else came from outside.
OURS = {
    *("div", "p", "b", "pre", "span", "table", "thead", "tbody", "tr", "th", "td"),
    *("figure", "figcaption", "img"),
}
ATTRIBUTES = {"style", "alt", "src"}


class Reader(html.parser.HTMLParser):
    """Takes HTML apart as a browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    assert reader.elements <= OURS
    assert reader.attributes <= ATTRIBUTES
    return reader


def test_everything_that_comes_from_outside_is_escaped() -> None:
    row = NodeRow(node=EVIL, state=NodeState.FAILED, said=EVIL)
    assert read(run_html(EVIL, [row])).text.count(EVIL) == 3
    shown = node_html(
        row,
        failure=Failure(code="x", classic_number=None, message=EVIL, traceback=EVIL),
        console=EVIL,
        tables={EVIL: pa.table({EVIL: [EVIL]})},
        others=[EVIL],
        images=[
            Image(name=EVIL, media_type="image/png", content=PNG),
            Image(name=EVIL, media_type="image/svg+xml", content=EVIL.encode()),
            Image(name=EVIL, media_type=EVIL, content=PNG),
        ],
    )
    assert "<script" not in shown
    assert read(shown).text.count(EVIL) >= 8


def test_a_remedy_is_told_in_the_words_of_python() -> None:
    row = NodeRow(node="slow", state=NodeState.FAILED)
    late = Failure(code="x", classic_number=None, message="Late.", remedy=Remedy.MORE_TIME)
    text = read(node_html(row, failure=late, console="", tables={}, images=[])).text
    assert "Late. Give it more time (`timeout`)" in text


@pytest.mark.parametrize(
    ("media_type", "content", "shown"),
    [
        ("image/png", PNG, True),
        ("image/jpeg", b"\xff\xd8\xff rest", True),
        ("image/png", b"<svg onload='alert(1)'/>", False),
        ("image/jpeg", PNG, False),
        ("image/svg+xml", b"<svg/>", False),
        ("image/svg+xml", PNG, False),
    ],
)
def test_only_what_is_a_png_or_a_jpeg_is_a_picture(
    media_type: str, content: bytes, shown: bool
) -> None:
    text = image_html(Image(name="a.png", media_type=media_type, content=content))
    assert ("<img" in text) is shown
    assert (base64.b64encode(content).decode() in text) is shown
    assert "a.png" in read(text).text


def test_a_large_table_is_shown_in_part() -> None:
    columns = {f"c{number}": list(range(1000)) for number in range(30)}
    shown = node_html(
        NodeRow(node="a", state=NodeState.FINISHED, seconds=1.0),
        failure=None,
        console="",
        tables={"results_dataset": pa.table(columns)},
        others=[],
        images=[],
    )
    assert shown.count("<tr>") == 11
    assert shown.count("<th ") == 20
    text = read(shown).text
    assert "results_dataset: 1,000 rows, 30 columns" in text
    assert "… and 990 rows more, 10 columns more." in text


def test_every_kind_of_value_has_a_text() -> None:
    table = pa.table(
        {
            "missing": pa.array([None], pa.int64()),
            "float": [0.1 + 0.2],
            "bytes": [b"abc"],
            "category": pa.array(["x"]).dictionary_encode(),
            "time": [datetime.datetime(2024, 2, 29, tzinfo=datetime.UTC)],
            # The year 10889, which Python's times can't be.
            "far": pa.array([281474976710], pa.timestamp("s")),
            "long": ["y" * 1000],
        }
    )
    shown = node_html(
        NodeRow(node="a", state=NodeState.KEPT, said="Nothing has changed."),
        failure=None,
        console="",
        tables={"out": table},
        others=["model"],
        images=[],
    )
    text = read(shown).text
    for part in ("0.3", "3 bytes", "x", "2024-02-29", "10889-", "Nothing has changed.", "model"):
        assert part in text
    assert "y" * 79 + "…" in text


def test_the_decimal_points_of_a_column_are_below_each_other() -> None:
    table = pa.table({"f": [39.0, 33.25, None, 1e20], "n": [1, 10, 100, 1000], "t": list("abcd")})
    shown = node_html(
        NodeRow(node="a", state=NodeState.FINISHED),
        failure=None,
        console="",
        tables={"out": table},
        images=[],
    )
    digit, point = "\N{FIGURE SPACE}", "\N{PUNCTUATION SPACE}"
    number = '<td style="text-align: right; white-space: nowrap">'
    assert f"{number}39{point}{digit * 3}</td>{number}1</td>" in shown
    assert f'{number}33.25{digit}</td>{number}10</td><td style="text-align: left">b</td>' in shown
    assert f"{number}1e+20</td>" in shown


def test_the_words_of_an_exception_have_its_name_before_them() -> None:
    row = NodeRow(node="a", state=NodeState.FAILED)
    lost = Failure(
        code="script-exception", classic_number=85, message="'age'", exception_type="KeyError"
    )
    text = read(node_html(row, failure=lost, console="", tables={}, images=[])).text
    assert "KeyError: 'age'" in text


def test_a_table_without_columns_and_a_long_run_are_shown() -> None:
    rows = [NodeRow(node=f"n{number}", state=NodeState.WAITING) for number in range(600)]
    assert "… and 100 nodes more." in read(run_html("Many", rows)).text
    shown = node_html(
        rows[0], failure=None, console="", tables={"out": pa.table({})}, others=[], images=[]
    )
    assert "out: 0 rows, 0 columns" in read(shown).text
