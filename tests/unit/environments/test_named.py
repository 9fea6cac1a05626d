"""Environments by name, and the Python that an older one needs."""

import json
import sys
from pathlib import Path

import pytest

from studiolo.environments import interpreter
from studiolo.environments.environment import EnvironmentSpec, packaged_lock
from studiolo.environments.errors import EnvironmentUnknownError, PythonMissingError
from studiolo.environments.interpreter import interpreter_of, running_interpreter
from studiolo.environments.named.built_in import NAMES, built_in_spec


def test_each_name_has_a_hashed_lock_of_its_own(tmp_path: Path) -> None:
    specs = [built_in_spec(name, home=tmp_path) for name in NAMES]
    assert [spec.name for spec in specs] == list(NAMES)
    assert len({spec.key for spec in specs}) == len(NAMES)


def test_classic_holds_the_last_libraries_with_the_old_interfaces(tmp_path: Path) -> None:
    spec = built_in_spec("classic", home=tmp_path)
    assert spec.interpreter.version[:2] == (3, 11)
    versions = dict(pin.split("==") for pin in spec.packages)
    assert versions["pandas"] == "1.5.3"
    assert versions["numpy"] < "1.24"
    assert versions["pyarrow"].startswith("22.")
    pins = [line for line in packaged_lock("classic").splitlines() if "==" in line]
    assert all(pin.endswith("\\") for pin in pins), "every version is followed by its hashes"


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentUnknownError, match='Did you mean "classic"') as caught:
        built_in_spec("clasic", home=tmp_path)
    assert '"default" and "classic"' in str(caught.value)


def test_a_missing_python_is_named_with_the_ways_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(PythonMissingError) as caught:
        interpreter_of((3, 5), environment="older", home=tmp_path)
    for way in ("Python 3.5", "uv python install 3.5", "python3.5", "pyenv install 3.5"):
        assert way in str(caught.value)
    assert not (tmp_path / "pythons").exists()


def test_a_python_is_found_once_and_kept_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = sys.version_info[:2]
    program = tmp_path / "python"
    program.write_text("")
    asked: list[tuple[int, int]] = []

    def found(wanted: tuple[int, int]) -> dict[str, object]:
        asked.append(wanted)
        changed = program.stat().st_mtime_ns
        facts = {"version": "3.5.1", "base_prefix": "/opt", "identity": "older"}
        return {**facts, "executable": str(program), "changed": changed}

    monkeypatch.setattr(interpreter, "_found", found)
    for _ in range(2):
        older = interpreter_of((3, 5), environment="older", home=tmp_path)
        assert (older.executable, older.version) == (program, (3, 5, 1))
    assert asked == [(3, 5)]
    (tmp_path / "pythons" / "3.5.json").write_text(json.dumps({"executable": "/nowhere"}))
    interpreter_of((3, 5), environment="older", home=tmp_path)
    assert len(asked) == 2
    # Ours needs no search.
    assert interpreter_of(version, environment="x", home=tmp_path) == running_interpreter()
    assert len(asked) == 2


def test_a_spec_that_adds_to_a_classic_one_is_classic(tmp_path: Path) -> None:
    assert built_in_spec("classic", home=tmp_path).classic
    assert not EnvironmentSpec(name="one", lock="").classic
