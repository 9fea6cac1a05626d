"""Messages that the documentation quotes in `text` blocks are the ones in the code.

Those in `console` blocks are compared with what the commands print: `test_documentation.py`.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from studiolo.experiments.finding import FINDING_CODES
from studiolo.sandbox.exchange.failures import FAILURE_CODES

ROOT = Path(__file__).parents[2]
#: A message on the terminal: its code, the classic number, the sentences.
QUOTED = re.compile(
    r"^error\[(?P<code>[a-z0-9-]+)(?:, classic (?P<number>\d{4}))?\]: (?P<said>.*)$"
)
#: The exception's own words, which are the script's.
OF_A_SCRIPT = "script-exception"
BLOCK = re.compile(r"^```text\n(.*?)^```$", re.M | re.S)
PAGES = sorted((ROOT / "docs").rglob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_quoted_message_is_what_the_code_says(page: Path) -> None:
    for line in "".join(BLOCK.findall(page.read_text(encoding="utf-8"))).splitlines():
        quoted = QUOTED.match(line)
        if quoted is None:
            continue
        number = {**FAILURE_CODES, **FINDING_CODES}[quoted["code"]]
        assert quoted["number"] == (number and f"{number:04}"), line
        if quoted["code"] != OF_A_SCRIPT:
            unknown = [said for said in sentences(quoted["said"]) if not is_in_the_code(said)]
            assert not unknown, f"{page.name}: no message in the code reads {unknown}"


def test_a_message_that_is_not_in_the_code_is_found() -> None:
    assert is_in_the_code("The script imports 'humanize', which the environment 'x' does not have.")
    assert not is_in_the_code("The script imports 'humanize', which its environment lacks.")


def sentences(text: str) -> list[str]:
    """The sentences of a message, without its place in a file and an ellipsis for the rest."""
    # The terminal shows names without their backticks.
    plain = text.removesuffix(" …").replace("`", "")
    without_place = re.sub(r"^\S+\.(py|yaml):\d+: ", "", plain)
    return re.findall(r"\S.*?(?:[.?:](?= [A-Z]|\s?\{|\n)|$)", without_place)


def is_in_the_code(sentence: str) -> bool:
    return any(template.search(sentence) for template in templates())


@cache
def templates() -> tuple[re.Pattern[str], ...]:
    """Every sentence of a text in the code, with `.*` for what it fills in."""
    found = set()
    for folder in ("studiolo", "studiolo_guest"):
        for file in (ROOT / "src" / folder).rglob("*.py"):
            for text in texts(ast.parse(file.read_text(encoding="utf-8"))):
                found.update(sentences(text))
    # A sentence that is all filled in would fit everything.
    telling = [text for text in found if len(re.sub(r"\{[^}]*\}", "", text)) > 12]
    return tuple(re.compile(f"^{pattern(text)}$") for text in sorted(telling))


def texts(tree: ast.AST) -> Iterator[str]:
    """The texts of a file; what an f-string fills in is `{}`, as in a text for `format`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                part.value
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
                else "{}"
                for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def pattern(text: str) -> str:
    return ".*".join(re.escape(part) for part in re.split(r"\{[^}]*\}", text))
