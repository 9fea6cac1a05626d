"""Names and texts from outside are shown as text."""

import io

import pyarrow as pa
import pytest
from rich.table import Table
from rich.text import Text

from studiolo.cli.terminal import Terminal
from studiolo.cli.views.build_bar import BuildBar
from studiolo.cli.views.profile_view import render_profile
from studiolo.cli.views.run_view import dataset_preview
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.profile import profile_dataset
from studiolo.environments.progress import BuildPhase, BuildProgress

NAMES = ["[red]a[/red]", "[/b]", "[link=http://example.com]x[/link]", ":smile:", "[bold"]
STEERING = ["\x1b[31mred", "\x1b]8;;http://example.com\x1b\\\\x", "\x9b31m", "a\u202eb"]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal that takes colours and links."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    return io.StringIO()


@pytest.mark.parametrize("name", NAMES)
def test_markup_is_text(name: str, shown: io.StringIO) -> None:
    terminal = Terminal(shown)
    table = Table(title=name)
    table.add_column(name)
    table.add_row(name)
    terminal.print(name)
    terminal.print(table)
    assert shown.getvalue().count(name) == 4
    assert "\x1b]8" not in shown.getvalue()


@pytest.mark.parametrize("text", STEERING)
def test_what_would_steer_the_terminal_does_not(text: str, shown: io.StringIO) -> None:
    terminal = Terminal(shown)
    table = Table(box=None)
    table.add_column("a")
    table.add_row(text)
    table.add_row(Text(text))
    terminal.print(text)
    terminal.say(Text(text, style="bold"))
    terminal.print(table)
    assert not any(sequence in shown.getvalue() for sequence in STEERING)
    assert "\x1b[1m" in shown.getvalue(), "Rich's own sequences are there"
    assert shown.getvalue().count("\N{REPLACEMENT CHARACTER}") >= 4


def test_column_names_and_values(shown: io.StringIO) -> None:
    dataset = Dataset(table=pa.table({name: [name] for name in NAMES}))
    terminal = Terminal(shown)
    terminal.print(render_profile(profile_dataset(dataset)))
    terminal.print(dataset_preview("[/x]", dataset.table, terminal.width))
    for name in NAMES:
        assert shown.getvalue().count(name) >= 2
    assert "\x1b]8" not in shown.getvalue()


def test_what_the_package_manager_says(shown: io.StringIO) -> None:
    bar = BuildBar(Terminal(shown), "Building")
    bar.show(
        BuildProgress(phase=BuildPhase.WAITING, message="[/b] [link=http://example.com]x[/link]")
    )
    bar.stop()
    assert "\x1b]8" not in shown.getvalue()
