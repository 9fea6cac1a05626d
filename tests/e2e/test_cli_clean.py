"""`studiolo clean`: sizes, a question, and nothing gone that can't be made again."""

import fcntl
import os
import pty
import subprocess
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment
from studiolo.workspace.workspace import open_workspace

from .command_line import RUNS_STUDIOLO
from .workspace_folder import WorkspaceFolder

SCRIPT = "import os\ndef azureml_main():\n    return {'n': list(os.urandom(5000))}\n"
EXPERIMENT = "name: One\nnodes:\n  one: {module: execute-python-script, script: one.py}\n"


@pytest.fixture
def folder(tmp_path: Path, default_environment: Environment) -> WorkspaceFolder:
    made = WorkspaceFolder(tmp_path)
    made.write("datasets/mine.csv", "a\n1\n")
    for name in ("first", "second"):
        made.experiment(name, EXPERIMENT, {"one.py": f"{SCRIPT}# {name}\n"})
    return made


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """A machine with one environment, and another that somebody is at work on."""
    environments = tmp_path / "home" / "environments"
    python = environments / "script-1" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/usr/bin/python3")
    (environments / "script-1" / "large").write_bytes(b"x" * 100_000)
    (environments / "locks").mkdir()
    return {"STUDIOLO_HOME": str(tmp_path / "home")}


def test_nothing_goes_without_a_yes(folder: WorkspaceFolder, home: dict[str, str]) -> None:
    folder.run_experiment("first")
    ended = folder("clean", environment=home)
    assert ended.code == 2
    assert "environments/script-1" in ended.out.replace("\n", "").replace(" ", "")
    assert "KiB" in ended.out
    assert "Nothing was removed. To remove without asking, add --yes" in ended.err
    assert (folder.folder / "home" / "environments" / "script-1" / "large").exists()
    assert runs(folder) == 1


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 0), (b"n\n", 2), (b"\n", 2)])
def test_a_person_is_asked(
    folder: WorkspaceFolder, home: dict[str, str], answer: bytes, code: int
) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, answer)
    done = subprocess.run(
        [*RUNS_STUDIOLO, "clean", "--environments"],
        cwd=folder.folder,
        env={**os.environ, **home},
        stdin=theirs,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code
    assert b"Remove this? [y/N]" in done.stderr
    assert (folder.folder / "home" / "environments" / "script-1").exists() == (code != 0)


def test_environments_go_and_what_they_were_resolved_to_stays(
    folder: WorkspaceFolder, home: dict[str, str]
) -> None:
    folder.run_experiment("first")
    ended = folder("clean", "--environments", "-y", environment=home)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[-1].startswith("Removed ")
    left = {path.name for path in (folder.folder / "home" / "environments").iterdir()}
    assert left == {"locks", "script-1.lock"}
    assert runs(folder) == 1


def test_results_go_but_for_the_newest(folder: WorkspaceFolder, home: dict[str, str]) -> None:
    folder.run_experiment("first")
    folder.write("experiments/first/one.py", SCRIPT)
    kept = [folder.run_experiment("first"), folder.run_experiment("second")]
    ended = folder("clean", "--results", "--yes", environment=home)
    assert (ended.code, ended.err) == (0, "")
    with open_workspace(folder.folder) as workspace:
        assert {record.id for record in workspace.runs.newest()} == set(kept)
        assert workspace.result(kept[0])["one"].frame().shape == (5000, 1)
    assert folder("clean", "--results", "--keep", "0", "-y", environment=home).code == 0
    assert runs(folder) == 0
    assert not list((folder.folder / ".studiolo" / "blobs").glob("??/*"))
    assert folder.read("datasets/mine.csv") == "a\n1\n"
    assert (folder.folder / "home" / "environments" / "script-1").exists()


def test_results_need_a_workspace(tmp_path: Path, home: dict[str, str]) -> None:
    outside = WorkspaceFolder(tmp_path)
    (tmp_path / "studiolo.toml").unlink()
    ended = outside("clean", "--results", "--yes", environment=home)
    assert ended.code == 2
    assert "error[workspace-missing]" in ended.err
    assert outside("clean", "--yes", environment=home).code == 0
    assert outside("clean", environment=home).out == "There is nothing to remove.\n"


def runs(folder: WorkspaceFolder) -> int:
    with open_workspace(folder.folder) as workspace:
        return len(workspace.runs.newest())


def test_an_environment_that_is_in_use_stays(folder: WorkspaceFolder, home: dict[str, str]) -> None:
    lock = folder.folder / "home" / "environments" / "script-1.lock"
    with lock.open("w") as used:
        fcntl.flock(used, fcntl.LOCK_SH)
        ended = folder("clean", "--environments", "--yes", environment=home)
    assert ended.code == 0
    assert "warning: script-1 is in use or being built, so it was kept." in ended.err
    assert (folder.folder / "home" / "environments" / "script-1" / "large").exists()


def test_a_process_keeps_the_environment_that_it_uses(default_environment: Environment) -> None:
    path = default_environment.path
    with path.with_name(f"{path.name}.lock").open("a") as lock, pytest.raises(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
