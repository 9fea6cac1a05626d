"""The tutorial and the how-to pages are run as a reader would run them."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
#: A fenced block: its language, the name of the file to save it as, and its text.
BLOCK = re.compile(r"^```(?P<language>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.M | re.S)
PAGES = sorted(
    str(page.relative_to(DOCS))
    for page in DOCS.rglob("*.md")
    if "```console" in page.read_text(encoding="utf-8")
)
LINK = re.compile(r"\]\((?!https?://)(?P<path>[^)#]*)(?:#(?P<anchor>[^)]*))?\)")


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_is_what_a_reader_sees(page: str, tmp_path: Path) -> None:
    for block in BLOCK.finditer((DOCS / page).read_text(encoding="utf-8")):
        if block["file"]:
            (tmp_path / block["file"]).write_text(block["text"], encoding="utf-8")
        if block["language"] == "console":
            for command, shown in commands(block["text"]):
                seen = run(command, tmp_path)
                missing = [line for line in shown if comparable(line) not in seen]
                assert not missing, f"{command}: {missing} is not in {seen}"


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Each command of a block, with the lines that are shown after it.

    A line that says what a command may be given is none of them.
    """
    parts = [part.splitlines() for part in re.split(r"^\$ ", text, flags=re.M)[1:]]
    return [(first, shown) for first, *shown in parts if "[OPTIONS]" not in first]


def run(command: str, folder: Path) -> list[str]:
    """The lines that a command writes, on stdout or stderr."""
    program, *arguments = shlex.split(command)
    programs = {"studiolo": [sys.executable, "-m", "studiolo"], "python": [sys.executable]}
    done = subprocess.run(
        [*programs.get(program, [program]), *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": "90", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return [comparable(line) for line in (done.stdout + done.stderr).splitlines()]


def comparable(line: str) -> str:
    """A line without what differs from run to run: times and memory."""
    return re.sub(r"\d+\.\d+ s · \d+ MiB", "… s · … MiB", line).rstrip()


@pytest.mark.parametrize("page", [*DOCS.rglob("*.md"), DOCS.parent / "examples" / "README.md"])
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.finditer(page.read_text(encoding="utf-8")):
        target = (page.parent / link["path"]).resolve() if link["path"] else page
        assert target.exists(), f"{page.name}: {link[0]}"
        if link["anchor"]:
            assert link["anchor"] in anchors(target), f"{page.name}: {link[0]}"


def anchors(page: Path) -> set[str]:
    """What GitHub calls the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
