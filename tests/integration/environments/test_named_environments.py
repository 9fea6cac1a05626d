"""Environments of a workspace: made, locked, used, removed; and the locks beside scripts."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studiolo.environments import environment as environments
from studiolo.environments.errors import (
    EnvironmentBuiltInError,
    EnvironmentExistsError,
    EnvironmentNameError,
    EnvironmentNotLockedError,
    EnvironmentUnknownError,
    PackageNotFoundError,
    PackageWithoutWheelError,
    ScriptAsksForNothingError,
)
from studiolo.environments.known_packages import known_packages
from studiolo.environments.named.named_environments import NamedEnvironments
from studiolo.environments.named.script_environments import ScriptEnvironments
from studiolo.environments.package_sources import PackageSources
from studiolo.environments.script_environment import environment_for
from studiolo.modules.script_metadata import ScriptMetadata
from studiolo.workspace.environments.workspace_environments import WorkspaceEnvironments

BETA = ScriptMetadata(dependencies=("beta",))


@pytest.fixture
def here(
    wheel: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WorkspaceEnvironments]:
    """A workspace's environments, beside a default environment of one package."""
    wheel("alpha", "1.0")
    wheel("alpha", "2.0")
    wheel("beta", "1.0")
    for name in ("default", "classic"):
        built_in = tmp_path / "packaged" / name
        built_in.mkdir(parents=True)
        (built_in / "requirements.in").write_text("# the base\nalpha  # of all\n")
        (built_in / "requirements.lock").write_text("alpha==1.0\n")
    monkeypatch.setattr(environments, "_PACKAGED", tmp_path / "packaged")
    environments.packaged_spec.cache_clear()
    environments.packaged_lock.cache_clear()
    yield WorkspaceEnvironments(
        NamedEnvironments(tmp_path / "environments", home=tmp_path / "home")
    )
    environments.packaged_spec.cache_clear()
    environments.packaged_lock.cache_clear()


def versions(packages: object) -> dict[str, str]:
    assert isinstance(packages, list)
    return dict(package.split("==") for package in packages)


def test_one_is_made_locked_used_and_removed(
    here: WorkspaceEnvironments, wheel: Callable[..., None]
) -> None:
    built = here.create("sizes", packages=["beta"])
    assert built.locked, "its own zygote loads its packages"
    # Help with a script that names it finds its packages.
    asked = ScriptEnvironments(here.named).request(ScriptMetadata(environment="sizes"), script=None)
    known = known_packages(asked, home=here.named.home).folders
    assert [(folder / "beta.py").is_file() for folder in known] == [True]
    listed = here.find("sizes")
    assert versions(listed.packages) == {"alpha": "1.0", "beta": "1.0"}
    assert listed.size
    assert listed.last_used == pytest.approx(time.time(), abs=60)
    wheel("beta", "1.5")
    assert here.lock("sizes").packages == {"beta": ("1.0", "1.5")}
    assert here.lock("sizes").packages == {}
    assert here.build("sizes").path != built.path
    names = [one.name for one in here.all() if one.path is not None]
    assert names == ["sizes", None], "the build of the earlier lock has no name any more"
    here.remove("sizes")
    with pytest.raises(EnvironmentUnknownError):
        here.find("sizes")


def test_packages_that_do_not_fit_beside_the_default_ones_replace_them(
    here: WorkspaceEnvironments,
) -> None:
    here.create("new", packages=["alpha>=2", "beta"])
    assert versions(here.find("new").packages) == {"alpha": "2.0", "beta": "1.0"}


def test_a_mistake_leaves_no_file(here: WorkspaceEnvironments) -> None:
    folder = here.named.folder
    assert folder is not None
    with pytest.raises(PackageNotFoundError):
        here.create("bad", packages=["gamma"])
    with pytest.raises(EnvironmentNameError, match="uses that name"):
        here.create("default", packages=[])
    with pytest.raises(EnvironmentBuiltInError, match="classic"):
        here.remove("classic")
    with pytest.raises(EnvironmentNameError, match="small letters"):
        here.create("../x", packages=[])
    assert not folder.exists()
    here.create("one", packages=[])
    with pytest.raises(EnvironmentExistsError):
        here.create("one", packages=[])


def test_a_package_is_built_only_where_that_is_said(
    here: WorkspaceEnvironments, source_package: Callable[[str, str], None], tmp_path: Path
) -> None:
    source_package("delta", "from setuptools import setup\nsetup(name='delta', version='1.0')\n")
    with pytest.raises(PackageWithoutWheelError):
        here.create("built", packages=["delta"])
    allowed = PackageSources(allow_builds=True)
    assert "--no-build" not in allowed.installing()
    assert "--only-binary" not in allowed.resolving()


def test_a_folder_of_wheels_stands_in_for_an_index(
    here: WorkspaceEnvironments, packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UV_CONFIG_FILE")
    here.named.sources = PackageSources(wheels=(packages,), only_wheels_folder=True)
    here.create("local", packages=["beta"])
    assert versions(here.find("local").packages)["beta"] == "1.0"


def test_those_used_longest_ago_are_pruned_first(here: WorkspaceEnvironments) -> None:
    here.create("one", packages=[])
    # This process uses it.
    assert here.prune(keep=1) == []
    assert here.prune(unused=0) == []
    assert here.prune() == []


def test_a_script_is_locked_by_its_first_run(
    here: WorkspaceEnvironments, wheel: Callable[..., None], tmp_path: Path
) -> None:
    script = tmp_path / "sizes.py"
    script.write_text('# /// script\n# dependencies = ["beta"]\n# ///\n')
    asked = ScriptEnvironments(here.named)
    before = asked.request(BETA, script=script)
    first = asked.locked(BETA, script=script)
    assert first.notes == (
        "The versions of the script's packages are locked in sizes.py.lock, beside the script.",
    )
    assert first.identity != before.identity
    wheel("beta", "2.0")
    again = asked.locked(BETA, script=script)
    assert (again.notes, again.identity) == ((), first.identity)
    assert asked.request(BETA, script=script) == again
    installed = environment_for(again, home=tmp_path / "home").packages()
    assert [(one.name, one.version) for one in installed][-1] == ("beta", "1.0")
    _, changes = here.lock_script(script)
    assert changes.packages == {"beta": ("1.0", "2.0")}
    script.write_text("")
    with pytest.raises(ScriptAsksForNothingError):
        here.lock_script(script)


def test_a_script_that_can_not_be_locked_runs_all_the_same(
    here: WorkspaceEnvironments, tmp_path: Path
) -> None:
    # Where the lock would be, a folder is.
    (tmp_path / "a.py.lock").mkdir()
    refused = ScriptEnvironments(here.named).request(BETA, script=tmp_path / "a.py").refused
    assert refused is not None
    assert "a.py.lock" in str(refused)
    gone = ScriptEnvironments(here.named).locked(BETA, script=tmp_path / "gone" / "a.py")
    assert re.search("could not be locked", gone.notes[0])
    assert gone.lock is not None


def test_an_edited_definition_has_to_be_locked_again(here: WorkspaceEnvironments) -> None:
    here.create("one", packages=[])
    assert here.named.folder is not None
    (here.named.folder / "one.toml").write_text('packages = ["beta"]\n')
    with pytest.raises(EnvironmentNotLockedError):
        here.build("one")
    assert "studiolo environment lock one" in (here.find("one").problem or "")
    here.lock("one")
    assert versions(here.find("one").packages)["beta"] == "1.0"
