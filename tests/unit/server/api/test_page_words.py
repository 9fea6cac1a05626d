"""The words of errors on a page: none names an option of the command line or a call of Python."""

import re

import pytest
from tests.unit.every_error import EVERY_ERROR, an_error

from studiolo.errors import StudioloError
from studiolo.server.api.errors import error_document

#: An option, a command, a keyword or a call.
TYPED = re.compile(
    r"(?<![\w-])--[a-z]|\bstudiolo [a-z-]+|\b[a-z_]+=(?:True|['\"])|\b[\w.\]]+\(…?\)"
)
#: Whoever has to type something is told where.
IN_A_TERMINAL = re.compile(r"In a terminal( of the workspace)?: ")
#: Errors of those who type: no page can have them.
OF_PROGRAMS = frozenset(
    {
        "keyword-ambiguous",
        "name-not-given",
        "workspace-missing",
        "environment-data-download",
        "environment-exists",
        "export-format",
        "program-unwritable",
    }
)


@pytest.mark.parametrize("kind", EVERY_ERROR, ids=lambda kind: kind.__name__)
def test_an_error_on_a_page_names_nothing_to_type(kind: type[StudioloError]) -> None:
    if kind.code in OF_PROGRAMS:
        return
    said = IN_A_TERMINAL.split(error_document(an_error(kind))["message"])[0]
    assert TYPED.findall(said) == []


@pytest.mark.parametrize("kind", EVERY_ERROR, ids=lambda kind: kind.__name__)
def test_its_facts_are_texts_and_numbers_of_bounded_length(kind: type[StudioloError]) -> None:
    facts = error_document(an_error(kind))["facts"]
    for name, fact in facts.items():
        assert re.fullmatch(r"[a-z_0-9]+", name)
        assert isinstance(fact, str | int | float) or all(isinstance(one, str) for one in fact)
