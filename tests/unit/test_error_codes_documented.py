"""Every error code has an entry in the documentation, and every entry has a code."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import studiolo
import studiolo_guest
from studiolo.errors import StudioloError
from studiolo.experiments.finding import FINDING_CODES
from studiolo.sandbox.exchange.failures import FAILURE_CODES

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "errors.md"
ENTRY = re.compile(
    r"^### `(?P<code>[^`]+)`\n\nClassic number: (?P<number>\d{4}|none)\.\n\n\S", re.M
)


def subclasses(kind: type[StudioloError]) -> Iterator[type[StudioloError]]:
    for subclass in kind.__subclasses__():
        if subclass.__module__.startswith("studiolo."):
            yield subclass
            yield from subclasses(subclass)


def in_the_code() -> set[tuple[str, int | None]]:
    for module in pkgutil.walk_packages(studiolo.__path__, "studiolo."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    errors = {(error.code, error.classic_number) for error in subclasses(StudioloError)}
    return errors | set(FAILURE_CODES.items()) | set(FINDING_CODES.items())


def in_the_page() -> list[tuple[str, int | None]]:
    return [
        (entry["code"], None if entry["number"] == "none" else int(entry["number"]))
        for entry in ENTRY.finditer(PAGE.read_text(encoding="utf-8"))
    ]


def test_every_code_has_an_entry_with_its_classic_number_and_every_entry_a_code() -> None:
    assert set(in_the_page()) == in_the_code()


def test_every_heading_is_an_entry_and_no_code_has_two() -> None:
    headings = re.findall(r"^### (.*)$", PAGE.read_text(encoding="utf-8"), re.M)
    assert [f"`{code}`" for code, _ in in_the_page()] == headings
    assert len(set(headings)) == len(headings)


def test_codes_are_words_with_hyphens() -> None:
    assert [
        code for code, _ in in_the_code() if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    ] == []


def test_the_guest_reports_no_code_that_the_host_does_not_know() -> None:
    (folder,) = studiolo_guest.__path__
    sources = [path.read_text(encoding="utf-8") for path in Path(folder).rglob("*.py")]
    given = re.compile(
        r'(?:MismatchError\(\s*|code: ClassVar\[str\] = |return |code = )"([a-z]+-[a-z-]+)"'
    )
    codes = {code for source in sources for code in given.findall(source)}
    assert "entry-missing" in codes
    assert "script-exception" in codes
    assert codes <= set(FAILURE_CODES)
