"""The pages, and the sentences in the code, avoid turns of phrase that have to be read twice.

A short list of those that have crept in before, each with what to write instead. It can't tell good
prose: read a sentence aloud.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "examples" / "README.md"]
)
#: Phrases, and what to write instead.
AVOIDED: Final = {
    r"(?<!there )\b(is|are|was|were) no (?!longer|more|other|such)\w+": "is not a …, has no …",
    r"\bwhat there (is|are)\b": "name the things: what this machine has, all layers",
    r"\bof which(?=[.;:)]|$)": "whose …, … of it",
    r"\bmend(s|ed)?\b": "fix, repair, correct",
    r"\b(lies|lie|lay) (in|on|at|below|beside|there|outside|inside|behind|elsewhere)\b": "is in …",
    r"\b(stands|stand|stood) (in(?! for)|on|at|there|beside|before|behind)\b": "is in …, is before",
    r"\bwho(m)?ever\b": "those who …, or the name of who it is",
    r"\b(is|are|was|were) (others\b|another(?=[.,;:]))": "differs, has changed",
    r"\b(that|than|as|ones) there (is|are)(?=[.,;:)]| not\b)": "that exist",
    r"\b(hold|holds|held) \w+ against\b": "compare … with",
    r"\b(is|are|be|was|were) told of\b": "hears about, gets",
    r"\bin one another\b": "nested",
    r"\banother \w+ than\b": "a different …, … that is not …",
    r"\bmay be (another|others)(?=[.,;:]|$)": "may differ",
    r"\bat the (most|least)\b": "at most, at least",
    r"\b(one|twice|objects?|rows?) a (row|line|fold|category)\b": "one per row",
}
WHO: Final = re.compile(r".*\b(?:(?:no|some|any)body|who(?:m)?ever)\b.*", re.I)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_says_it_plainly(page: Path) -> None:
    prose = re.sub(
        r"^```.*?^```$|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.M | re.S
    )
    assert list(found_in(prose)) == []


def test_the_sentences_in_the_code_say_it_plainly() -> None:
    unclear = [
        f"{file.relative_to(ROOT)}: {found}"
        for file in sorted((ROOT / "src").rglob("*.py"))
        for text in sentences(file)
        for found in found_in(text)
    ]
    assert unclear == []


def test_the_code_says_who_is_meant() -> None:
    """A user, a process, a caller: in comments and docstrings, too."""
    unclear = [
        f"{file.relative_to(ROOT)}: {found}"
        for file in sorted((ROOT / "src").rglob("*.py"))
        for found in WHO.findall(file.read_text(encoding="utf-8"))
    ]
    assert unclear == []


@pytest.mark.parametrize(
    ("text", "clear"),
    [
        ("is no workspace and lies in none", False),
        ("Run nodes again\nof which.", False),
        ("There is no such file.", True),
        ("There is no file.", True),
        ("The run is no longer there.", True),
        ("Each of them, three of which failed, is kept.", True),
        ("NaN stands for a missing value, and 0 stands in for it.", True),
        ("A rule lays out the lines.", True),
    ],
)
def test_what_is_found(text: str, clear: bool) -> None:
    assert (list(found_in(text)) == []) is clear


def found_in(text: str) -> Iterator[str]:
    """What to change in a text: the words around each phrase, and the advice."""
    line = " ".join(text.split())
    for pattern, instead in patterns().items():
        for match in pattern.finditer(line):
            around = line[max(0, match.start() - 30) : match.end() + 30]
            yield f"“{match[0]}” in “…{around}…”; write: {instead}"


@cache
def patterns() -> dict[re.Pattern[str], str]:
    return {re.compile(phrase, re.I): instead for phrase, instead in AVOIDED.items()}


def sentences(file: Path) -> Iterator[str]:
    """The texts of a file with several words, but docstrings, which users don't see."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    hidden = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and "library" not in file.parts:
                hidden.add(id(first.value))
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr(values=parts):
                hidden.update(id(part) for part in parts)
                yield "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in parts)
            case ast.Constant(value=str(text)) if id(node) not in hidden and text.count(" ") > 1:
                yield text
