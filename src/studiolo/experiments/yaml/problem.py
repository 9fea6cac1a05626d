"""Why a text is not a valid experiment in YAML, in words for people who never heard of tokens."""

import re
from dataclasses import dataclass

import yaml


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a text is not a document, or has something that an experiment may not have."""

    code: str
    message: str
    #: From 1.
    line: int
    column: int


def quoted(text: str) -> str:
    """A text for a sentence: on one line and not too long."""
    shortened = text if len(text) <= 80 else f"{text[:77]}..."
    if not shortened.isprintable():
        shortened = shortened.encode("unicode_escape").decode("ascii")
    return f'"{shortened}"'


#: What no YAML stream may contain, says the reader of libyaml.
_NOT_ALLOWED = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def control_character(text: str) -> Problem:
    """Where the character is that made libyaml refuse a text as a whole."""
    found = _NOT_ALLOWED.search(text)
    at = found.start() if found else 0
    character = ord(text[at]) if found else 0
    return Problem(
        code="experiment-yaml-invalid",
        message=f"There is a control character (U+{character:04X}) in the text. Delete it.",
        line=text.count("\n", 0, at) + 1,
        column=at - text.rfind("\n", 0, at),
    )


def not_yaml(text: str, error: yaml.MarkedYAMLError) -> Problem:
    """The mistake that libyaml found, for readers who don't know its tokens and contexts."""
    opened = error.context_mark.line + 1 if error.context_mark else None
    mark = error.problem_mark or error.context_mark
    index, line, column = (mark.index, mark.line, mark.column) if mark else (0, 0, 0)
    character = text[index : index + 1]
    said = error.problem or "it can't be read"
    if character == "\t":
        said = "tab"
    elif said == "found character that cannot start any token":
        said = "reserved character"
    elif "block mapping" in (error.context or "") and said == "did not find expected key":
        said = "unexpected indentation"
    elif said == "could not find expected ':'" and error.context_mark:
        line, column = error.context_mark.line, error.context_mark.column
    sentence = _IN_PLAIN_WORDS.get(said, "it is not YAML: {said}")
    reason = sentence.format(said=said, opened=opened, character=quoted(character))
    return Problem(
        code="experiment-too-large" if said == _TOO_DEEP else "experiment-yaml-invalid",
        message=f"The file can't be read from here on: {reason}.",
        line=line + 1,
        column=column + 1,
    )


_TOO_DEEP = "exceeded maximum nesting depth"
_IN_PLAIN_WORDS = {
    "tab": "there is a tab where only spaces are allowed; indent with spaces",
    "reserved character": "a text can't begin with {character}; put it in quotes",
    "unexpected indentation": (
        "this line fits nowhere in the block that begins in line {opened}; check its indentation, "
        "and that quotes and brackets above it are closed"
    ),
    "mapping values are not allowed in this context": (
        'there is a ":" where no key can be; check the indentation, and put a text that contains '
        '": " in quotes'
    ),
    "block sequence entries are not allowed in this context": (
        'a list can\'t begin on the same line as its key; put the "-" on the next line'
    ),
    "found unexpected end of stream": "the quote that opens in line {opened} is never closed",
    "found unexpected document indicator": (
        "the quote that opens in line {opened} is never closed before this line"
    ),
    "did not find expected ',' or '}'": (
        'a comma is missing, or the "{{" of line {opened} is not closed'
    ),
    "did not find expected ',' or ']'": (
        'a comma is missing, or the "[" of line {opened} is not closed'
    ),
    "did not find expected '-' indicator": (
        'the list that begins in line {opened} goes on without a "-"; check the indentation'
    ),
    "did not find expected node content": "a value is missing, or there is a bracket too many",
    "could not find expected ':'": 'the key here has no ":" after it',
    "found unknown escape character": (
        "a backslash in double quotes begins an escape that YAML does not have; write it twice, "
        "or use single quotes"
    ),
    "did not find expected comment or line break": (
        "after | or > the text begins on the next line"
    ),
    "did not find expected <document start>": "there is text after the end of the experiment",
    _TOO_DEEP: "lists and mappings are nested too deep",
}
