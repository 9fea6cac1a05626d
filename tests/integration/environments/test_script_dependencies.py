import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from studiolo.environments.building.build import build_environment
from studiolo.environments.environment import EnvironmentSpec
from studiolo.environments.errors import PackageNotFoundError, PackageVersionConflictError
from studiolo.environments.progress import BuildPhase, BuildProgress
from studiolo.environments.request import EnvironmentRequest
from studiolo.environments.script_environment import environment_for
from studiolo.modules.script_metadata import ScriptMetadata, read_script_metadata

BASE = EnvironmentSpec(name="base", lock="alpha==1.0\n")
BETA = ScriptMetadata(dependencies=("beta>=1",))


def asked(
    metadata: ScriptMetadata, *, lock: str | None = None, base: EnvironmentSpec = BASE
) -> EnvironmentRequest:
    return EnvironmentRequest.of(metadata, lock=lock, base=base)


@pytest.fixture
def base_packages(wheel: Callable[..., None]) -> None:
    wheel("alpha", "1.0")
    wheel("alpha", "2.0")
    wheel("beta", "1.0")


@pytest.mark.usefixtures("base_packages")
def test_nothing_asked_for_is_the_base(tmp_path: Path) -> None:
    environment = environment_for(asked(ScriptMetadata()), home=tmp_path)
    assert environment == build_environment(BASE, home=tmp_path)


@pytest.mark.usefixtures("base_packages")
def test_dependencies_are_added_to_the_base(tmp_path: Path) -> None:
    steps: list[BuildProgress] = []
    environment = environment_for(asked(BETA), progress=steps.append, home=tmp_path)
    installed = {package.name: package.version for package in environment.packages()}
    assert installed == {"alpha": "1.0", "beta": "1.0"}
    assert environment.name == "script"
    # Where uv is slow to begin, the first step says that it is starting.
    assert BuildPhase.RESOLVING in list(dict.fromkeys(step.phase for step in steps))[:2]


@pytest.mark.usefixtures("base_packages")
def test_versions_stay_and_need_neither_uv_nor_registry(
    wheel: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment = environment_for(asked(BETA), home=tmp_path)
    wheel("beta", "1.1")

    def no_uv() -> str:
        raise AssertionError("uv was asked for")

    monkeypatch.setattr("uv.find_uv_bin", no_uv)
    steps: list[BuildProgress] = []
    before = time.perf_counter()
    again = environment_for(asked(BETA), progress=steps.append, home=tmp_path)
    assert time.perf_counter() - before < 0.1
    assert again == environment
    assert steps == []
    spelled_otherwise = ScriptMetadata(dependencies=("  beta>=1 ", "beta>=1"))
    assert environment_for(asked(spelled_otherwise), home=tmp_path) == environment


@pytest.mark.usefixtures("base_packages")
def test_versions_of_the_base_are_not_changed(tmp_path: Path) -> None:
    metadata = ScriptMetadata(dependencies=("alpha>=2",))
    with pytest.raises(PackageVersionConflictError, match=r"alpha==1\.0"):
        environment_for(asked(metadata), home=tmp_path)
    assert list((tmp_path / "locks").iterdir()) == []


@pytest.mark.usefixtures("base_packages")
def test_a_package_that_is_not_there(tmp_path: Path) -> None:
    metadata = ScriptMetadata(dependencies=("gamma",))
    with pytest.raises(PackageNotFoundError, match='"gamma"'):
        environment_for(asked(metadata), home=tmp_path)


def test_a_script_with_packages_of_the_registry(tmp_path: Path) -> None:
    source = '# /// script\n# dependencies = ["humanize>=4"]\n# ///\nimport humanize\n'
    base = EnvironmentSpec(name="base", lock="six==1.17.0\n")
    metadata = read_script_metadata(source)
    environment = environment_for(asked(metadata, base=base), home=tmp_path)
    assert environment.has_package("humanize")
    assert environment.has_package("six")
    lock = (environment.path / "requirements.lock").read_text()
    assert "--hash=sha256:" in lock
    assert "://" not in lock


@pytest.mark.usefixtures("base_packages")
def test_what_was_locked_before_is_built_again_in_the_same_versions(
    tmp_path: Path, wheel: Callable[..., None]
) -> None:
    before = environment_for(asked(BETA), home=tmp_path)
    wheel("beta", "2.0")
    lock = before.lock
    shutil.rmtree(before.path)
    shutil.rmtree(tmp_path / "locks")
    again = environment_for(asked(BETA, lock=lock), home=tmp_path)
    assert again == before
    assert {one.name: one.version for one in again.packages()}["beta"] == "1.0"


@pytest.mark.usefixtures("base_packages")
def test_a_lock_of_another_base_is_kept_to(tmp_path: Path) -> None:
    environment = environment_for(asked(ScriptMetadata(), lock="alpha==2.0\n"), home=tmp_path)
    assert [(one.name, one.version) for one in environment.packages()] == [("alpha", "2.0")]
    assert environment.lock == "alpha==2.0\n"
    assert environment.adds_to is None


@pytest.mark.usefixtures("base_packages")
def test_a_locked_package_that_can_not_be_had_any_more_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackageNotFoundError, match="gone"):
        environment_for(
            asked(ScriptMetadata(), lock="alpha==1.0\ngone==1.0\n"),
            home=tmp_path,
        )
