"""The page's Korean words for what the server says in English."""

import json
import re
from pathlib import Path

import pytest
from tests.unit.every_error import EVERY_ERROR, an_error

from studiolo.errors import StudioloError
from studiolo.experiments.finding import FINDING_CODES
from studiolo.modules.definition import ModuleDefinition
from studiolo.sandbox.exchange.failures import FAILURE_CODES
from studiolo.workspace.folder.sample import samples_folder
from studiolo.workspace.workspace import Workspace

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "frontend" / "src" / "words"
LABELS = WORDS / "library.ts"
SAID: dict[str, dict[str, str]] = json.loads((WORDS / "server_ko.json").read_text("utf-8"))
#: Errors of those who start Studiolo in a terminal or write programs with it: no page has them.
OF_PROGRAMS = {
    "copy-refused",
    "environment-data-download",
    "export-format",
    "frame-unsuitable",
    "keyword-ambiguous",
    "name-not-given",
    "node-of-another-draft",
    "program-unwritable",
    "result-missing",
    "run-failed",
    "script-asks-for-nothing",
    "script-function",
    "script-unsuitable",
    "workspace-exists",
    "workspace-missing",
    "workspace-not-experiment",
}
#: The words of somebody's script, as Python has them.
OF_SCRIPTS = {"script-exception", "script-syntax"}


@pytest.fixture(scope="module")
def library() -> list[ModuleDefinition]:
    return list(Workspace(samples_folder()).catalogue.definitions)


def test_every_label_of_the_library_has_a_korean_word(library: list[ModuleDefinition]) -> None:
    said = set(re.findall(r'^  "([^"]+)": "[^"]+",$', LABELS.read_text(encoding="utf-8"), re.M))
    shown: set[str] = set()
    for definition in library:
        shown.update(definition.category)
        shown.update(port.label for port in definition.inputs)
        shown.update(port.label for port in definition.outputs)
        for parameter in definition.parameters:
            shown.update((parameter.label, *parameter.choices))
    assert len(shown) > 100
    assert sorted(shown - said) == []


def test_every_sentence_of_the_library_is_said_in_korean(library: list[ModuleDefinition]) -> None:
    shown = {definition.description for definition in library}
    shown.update(one.help for definition in library for one in definition.parameters if one.help)
    assert set(SAID["library"]) == shown


def test_every_error_and_finding_is_said_in_korean() -> None:
    codes = {kind.code for kind in EVERY_ERROR} | set(FINDING_CODES)
    assert sorted(codes - set(SAID["errors"]) - OF_PROGRAMS) == []
    assert set(SAID["errors"]) & OF_PROGRAMS == set()


def test_every_error_of_the_api_itself_is_said_in_korean() -> None:
    folder = ROOT / "src" / "studiolo" / "server" / "api"
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("access.py", "errors.py")]
    answered = re.compile(r'(?:answer\(\d+, |return |\d{3}: |"code": |status_code, )"([a-z-]+)"')
    codes = {code for text in texts for code in answered.findall(text)}
    assert {"signed-out", "internal-error", "not-found", "request-too-large"} <= codes
    assert sorted(codes - set(SAID["errors"])) == []


def test_every_failure_is_said_in_korean() -> None:
    assert set(FAILURE_CODES) - set(SAID["failures"]) == OF_SCRIPTS
    assert {slot for said in SAID["failures"].values() for slot in slots(said)} == {"subject"}


@pytest.mark.parametrize("kind", EVERY_ERROR, ids=lambda kind: kind.__name__)
def test_what_is_said_has_what_the_error_is_about(kind: type[StudioloError]) -> None:
    """An error that lacks what a sentence names is said in English."""
    if kind.code in OF_PROGRAMS:
        return
    facts = {name for name, fact in an_error(kind).facts().items() if fact not in ("", [])}
    alternatives = SAID["errors"][kind.code].split("|")
    needed = [slots(re.sub(r"\[[^\[\]]*\{[^\[\]]*\]", "", said)) for said in alternatives]
    assert any(names <= facts | {"message"} for names in needed)


def slots(said: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", said))
