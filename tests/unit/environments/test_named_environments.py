import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from studiolo.environments.environment import default_spec
from studiolo.environments.errors import (
    EnvironmentFileError,
    EnvironmentNotLockedError,
    EnvironmentUnknownError,
    LockDamagedError,
    LockUnfitError,
    PythonMissingError,
)
from studiolo.environments.interpreter import running_interpreter
from studiolo.environments.lock_file import LockFile, read_lock_file
from studiolo.environments.named.definition import EnvironmentDefinition, read_definition
from studiolo.environments.named.named_environments import NamedEnvironments
from studiolo.environments.named.script_environments import ScriptEnvironments
from studiolo.environments.named.script_lock import read_script_lock, write_script_lock
from studiolo.environments.request import EnvironmentRequest
from studiolo.environments.script_environment import environment_for
from studiolo.modules.script_metadata import ScriptMetadata

PYTHON = ".".join(map(str, running_interpreter().version[:2]))
HUMANIZE = ScriptMetadata(dependencies=("humanize>=4",))


def lock(*requirements: str, base: str = "default", python: str = PYTHON) -> LockFile:
    packages = "humanize==4.15.0 \\\n    --hash=sha256:00\n"
    return LockFile(base=base, python=python, requirements=requirements, packages=packages)


@pytest.fixture
def named(tmp_path: Path) -> NamedEnvironments:
    folder = tmp_path / "environments"
    folder.mkdir()
    EnvironmentDefinition(packages=("humanize>=4",)).write(folder / "sizes.toml")
    lock("humanize>=4").write(folder / "sizes.lock", renewed_by="studiolo environment lock sizes")
    return NamedEnvironments(folder)


def test_built_in_ones_need_no_workspace() -> None:
    named = NamedEnvironments(None)
    assert "default" in named.names()
    assert named.spec("default") == default_spec()


def test_one_of_the_workspace_is_what_its_files_say(named: NamedEnvironments) -> None:
    spec = named.spec("sizes")
    assert named.names()[-1] == "sizes"
    assert spec.packages == ["humanize==4.15.0"]
    assert spec.requirements[-1] == "humanize>=4"
    assert spec.chosen


def test_an_unknown_one_is_named_with_those_that_exist(named: NamedEnvironments) -> None:
    with pytest.raises(EnvironmentUnknownError, match=r'Did you mean "sizes"\?') as caught:
        named.spec("size")
    assert "sizes" in caught.value.known


def test_a_changed_file_has_to_be_locked(named: NamedEnvironments) -> None:
    assert named.folder is not None
    (named.folder / "sizes.toml").write_text('packages = ["humanize>=5"]\n')
    with pytest.raises(EnvironmentNotLockedError, match="studiolo environment lock sizes"):
        named.spec("sizes")
    (named.folder / "sizes.lock").unlink()
    with pytest.raises(EnvironmentNotLockedError, match="has not been locked"):
        named.spec("sizes")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("packages = [", "not TOML"),
        ("packages = 5", "packages"),
        ("package = []", '"package"'),
        ('python = "2.7"', "2.7"),
        ('packages = ["../x.whl"]', "../x.whl"),
    ],
)
def test_a_file_with_a_mistake_is_named(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(EnvironmentFileError, match=re.escape(said)) as caught:
        read_definition(tmp_path / "x.toml")
    assert str(tmp_path / "x.toml") in str(caught.value)


def test_a_definition_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = EnvironmentDefinition(python="3.12", packages=('odd; python_version > "3"', "six"))
    written.write(tmp_path / "x.toml")
    assert read_definition(tmp_path / "x.toml") == written


def test_other_pythons(named: NamedEnvironments, tmp_path: Path) -> None:
    assert named.folder is not None
    lock("humanize>=4").write(named.folder / "far.lock", renewed_by="x")
    EnvironmentDefinition(python="3.99", packages=("humanize>=4",)).write(named.folder / "far.toml")
    with pytest.raises(PythonMissingError, match=r"uv python install 3\.99"):
        named.spec("far")
    request = ScriptEnvironments(named).request(ScriptMetadata(environment="far"), script=None)
    assert isinstance(request.refused, PythonMissingError)
    with pytest.raises(PythonMissingError):
        environment_for(request, home=tmp_path)


def test_a_lock_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    lock("humanize>=4").write(path, renewed_by="x")
    assert read_lock_file(path, renewed_by="x") == lock("humanize>=4")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_lock_file(path, renewed_by="x") == lock("humanize>=4")
    assert read_lock_file(tmp_path / "b.lock", renewed_by="x") is None


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda text: text.replace("4.15.0", "4.16.0"), "changed after Studiolo wrote it"),
        (lambda text: text[:200], "first lines"),
        (lambda text: text.replace('"default"', '"other"'), "changed"),
        (lambda text: text.replace("studiolo = 1", "studiolo = 2"), "format 2"),
        (lambda text: text + "<<<<<<< HEAD\n", "conflict"),
        (lambda _: "", "first lines"),
        (lambda text: text + "\ud800", "first lines"),
    ],
)
def test_a_lock_that_was_edited_is_refused(
    edit: Callable[[str], str], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.lock"
    lock("humanize>=4").write(path, renewed_by="x")
    edited = edit(path.read_text(encoding="utf-8"))
    path.write_bytes(edited.encode("utf-8", "surrogatepass"))
    with pytest.raises(LockDamagedError, match=said) as caught:
        read_lock_file(path, renewed_by="studiolo environment lock a.py")
    assert str(caught.value).endswith("studiolo environment lock a.py")


def test_a_lock_is_taken_apart_once_and_again_when_it_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    read = []
    for asked in ("humanize>=4", "humanize>=4", "humanize>=3"):
        lock(asked).write(path, renewed_by="x")
        read.append(read_lock_file(path, renewed_by="x"))
    assert read[0] is read[1]
    assert read[2] == lock("humanize>=3")


def test_a_script_whose_name_leaves_no_room_for_a_lock_has_none(tmp_path: Path) -> None:
    script = tmp_path / f"{'가' * 84}.py"
    script.touch()
    request = ScriptEnvironments(NamedEnvironments(None)).request(HUMANIZE, script=script)
    assert request.refused is None
    assert request.lock is None
    assert "File name too long" in write_script_lock(script, request, "")


def test_the_lock_beside_a_script_is_what_it_asks_for(tmp_path: Path) -> None:
    script = tmp_path / "a.py"
    environments = ScriptEnvironments(NamedEnvironments(None))

    def asked() -> EnvironmentRequest:
        return environments.request(HUMANIZE, script=script)

    unlocked = environments.request(HUMANIZE, script=script)
    assert unlocked.lock is None
    lock("humanize>=4").write(tmp_path / "a.py.lock", renewed_by="x")
    assert asked().lock == lock().packages
    assert asked().identity != unlocked.identity
    for unfit, said in (
        (lock("six"), '"six", and the script\'s block asks for "humanize>=4"'),
        (lock("humanize>=4", base="sizes"), '"sizes"'),
        (lock("humanize>=4", python="3.99"), r"Python 3\.99"),
    ):
        unfit.write(tmp_path / "a.py.lock", renewed_by="x")
        refused = asked().refused
        assert isinstance(refused, LockUnfitError)
        assert re.search(said, str(refused))
        assert str(refused).endswith(f"studiolo environment lock {script}")
    with pytest.raises(LockUnfitError, match=r"lock \S+a\.py --environment other$"):
        read_script_lock(script, HUMANIZE, replace(default_spec(), name="other"))
