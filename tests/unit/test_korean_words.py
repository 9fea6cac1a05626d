"""The page's Korean words for what the server says in English."""

import functools
import json
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from tests.unit import server_sentences
from tests.unit.every_error import EVERY_ERROR, an_error

from studiolo.errors import StudioloError
from studiolo.experiments.allowance import MOST_ALLOWANCES, parse_allowance, too_many
from studiolo.experiments.finding import FINDING_CODES
from studiolo.experiments.memory_limit import parse_memory
from studiolo.modules.definition import ModuleDefinition, Parameter, ParameterKind
from studiolo.modules.values import allowed_values
from studiolo.old_code.advice import _classic_sentence, _numbers
from studiolo.old_code.python2_values import SENTENCES
from studiolo.old_code.table import RETIRED_CALLS
from studiolo.quantities import parse_duration, parse_size
from studiolo.runs.engines.sandbox_pool import STILL_WAITING
from studiolo.runs.experiments.experiment_runner import _BROKEN_OFF
from studiolo.runs.experiments.step_runner import _damage
from studiolo.runs.history.current_state import _WHY_LEFT
from studiolo.runs.planning.recipe import PARTS, differences
from studiolo.runs.scripts.explanation import _UNCHANGED
from studiolo.sandbox.exchange.failures import FAILURE_CODES
from studiolo.services.cells import cell_type
from studiolo.services.columns import NEEDED
from studiolo.store.errors import BlobMissingError, BlobRottenError
from studiolo.store.run_rows import _INTERRUPTED
from studiolo.workspace.folder.sample import samples_folder
from studiolo.workspace.workspace import Workspace

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "frontend" / "src" / "words"
LABELS = WORDS / "library_ko.ts"
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
#: Parts of sentences that are said as a whole, or of errors whose own sentence has all.
UNSAID = {
    'The node "some" (some)',
    '"some" some.',
    "A some",
    "It has some.",
    "It has no columns at all.",
    "It has none: its parameters come after `*` in its definition.",
    "It needs a dataset or a trained model, and returns that.",
    "Its columns are some.",
    "Studiolo itself failed: some",
    "The node some some. Give it one of some.",
    "The node some, which it needs, did not succeed.",
    "The selection must match exactly one column, but it matches some.",
    *("a value is needed, and it is missing", "expected some, found some"),
    *("endpoint", "service", "some the role label", "someits outputs are some."),
}


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


def test_every_reason_of_a_node_is_said_in_korean() -> None:
    source = (ROOT / "src/studiolo/runs/experiments/experiment_runner.py").read_text("utf-8")
    reasons = set(re.findall(r'"(It[s ][^"]+\.|Nothing that [^"]+\.)"', source))
    assert len(reasons) > 5
    reasons |= {_BROKEN_OFF, _WHY_LEFT, _INTERRUPTED}
    assert sorted(reasons - set(SAID["reasons"])) == []
    damages: list[BlobMissingError | BlobRottenError] = [
        BlobMissingError(path=Path("blob")),
        BlobRottenError(path=Path("blob"), reason="it can't be read (I/O)"),
    ]
    damaged = [f"Its kept result is damaged: {_damage(error)}." for error in damages]
    assert [reason for reason in damaged if not fits("reasons", reason)] == []
    before = {"parameters": {"a": 1, "b": 1}, "options": {"o": 1}, "once": 1}
    after = {"parameters": {"b": 2, "c": 3}, "inputs": {"i": 1}, **dict.fromkeys(PARTS, 1)}
    changes = differences(before, after)
    assert len(changes) > len(PARTS) + 5
    assert [phrase for phrase in changes if not fits("changes", phrase)] == []


def test_every_value_that_a_service_expects_is_said_in_korean() -> None:
    types: list[pa.DataType] = [
        pa.int8(),
        pa.int64(),
        pa.float64(),
        pa.bool_(),
        pa.decimal128(9, 2),
        pa.large_binary(),
    ]
    types += [pa.timestamp("us"), pa.duration("s"), pa.date32(), pa.large_string()]
    expected = [cell_type(one).expected for one in types] + [NEEDED]
    for kind in ParameterKind:
        for low, high in ((None, None), (0, None), (None, 1), (0, 1)):
            parameter = Parameter(
                name="p", label="P", kind=kind, choices=("a", "b"), minimum=low, maximum=high
            )
            expected.append(allowed_values(parameter))
    assert [phrase for phrase in expected if not fits("expected", phrase)] == []


def test_every_step_of_building_an_environment_is_said_in_korean() -> None:
    messages = {STILL_WAITING.message}
    for file in ("building/build.py", "building/bytecode.py", "uv/process.py", "progress.py"):
        source = (ROOT / "src/studiolo/environments" / file).read_text("utf-8")
        said = r'BuildPhase\.[A-Z]+, (?:message=)?f?(["\'])(.+?)\1|message="(.+?)"'
        found = (one[1] or one[2] for one in re.findall(said, source))
        messages.update(one for one in found if "{message}" not in one)
    assert len(messages) > 8
    steps = {message.replace("{spec.name}", "default") for message in messages}
    counted = {f"{step} (1/2)" for step in steps}
    known = [step for step in steps | counted if fits("progress", step)]
    assert len(known) == len(steps)


def fits(section: str, english: str) -> bool:
    """Whether there are words for a text, its own or those of a pattern."""
    return any(pattern.fullmatch(english) for pattern in patterns(section))


@functools.cache
def patterns(section: str) -> list[re.Pattern[str]]:
    """What the texts of a section match, as on the page: a hint may be missing."""
    made = []
    for text in SAID[section]:
        parts = re.split(r"\{(\w+)\}", text)
        expression = "".join(
            re.escape(part) if place % 2 == 0 else "(.*?)" if part == "hint" else "(.+?)"
            for place, part in enumerate(parts)
        )
        made.append(re.compile(expression, re.DOTALL))
    return made


def test_every_note_of_a_node_is_said_in_korean() -> None:
    found = server_sentences.notes()
    assert len(found) > 40
    kinds = ("notes", "phrases")
    assert [one for one in found - UNSAID if not any(fits(kind, one) for kind in kinds)] == []


def test_every_advice_on_a_retired_call_is_said_in_korean() -> None:
    known = SAID["retired"]
    for call in RETIRED_CALLS:
        said = [call.sentence, f"line 3: {_classic_sentence(call)}"]
        assert [one for one in said if not fits("retired", one)] == []
        # What is not code alone has words of its own.
        parts = [one for one in (call.today, call.changed, call.lost) if one]
        prose = [one for one in parts if re.search("[A-Za-z]{2}", re.sub("`[^`]*`", "", one))]
        assert [one for one in prose if one not in known] == []
    assert [one for one in SENTENCES.values() if one not in known] == []
    listed = "Retired calls of this script:"
    more = "and 3 more; `studiolo check old.py` lists them all."
    unchanged = _UNCHANGED.format(script="old.py")
    lines = [f"{_numbers(range(1, last))}: x" for last in (2, 3, 20)]
    assert [one for one in (listed, more, unchanged, *lines) if not fits("retired", one)] == []


def test_every_sentence_about_an_experiment_is_said_in_korean() -> None:
    found = server_sentences.findings()
    assert len(found) > 30
    assert [one for one in found - UNSAID if not fits("phrases", one)] == []


def test_every_phrase_of_an_error_or_a_cause_is_said_in_korean() -> None:
    found = server_sentences.phrases()
    assert len(found) > 120
    assert [one for one in found - UNSAID if not fits("phrases", one)] == []


def test_every_refusal_of_a_target_or_a_limit_is_said_in_korean() -> None:
    """In words of the page, which has no options of a command line."""
    places = ["x", "a:b=c:1", "h:0", "h:80=name:80", "0.0.0.0:80", "*.example.com:80", "1.2:80"]
    said = [refusal(parse_allowance, one) for one in places]
    said += [refusal(parse_duration, "soon"), refusal(parse_size, "x"), refusal(parse_memory, "1k")]
    allowances = [parse_allowance(f"host:{port}") for port in range(1, MOST_ALLOWANCES + 2)]
    said.append(too_many(allowances) or "")
    assert [one for one in said if not fits("phrases", one)] == []
    for section in ("phrases", "notes", "errors", "failures"):
        assert [words for words in SAID[section].values() if " --" in words] == []


def refusal(parse: Callable[[str], object], text: str) -> str:
    with pytest.raises(ValueError, match=r"\.$") as refused:
        parse(text)
    return str(refused.value)


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
