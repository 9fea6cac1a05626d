import errno
import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from studiolo.environments.building.build import build_environment, building_errors, is_built
from studiolo.environments.environment import Environment, EnvironmentSpec, environment_in
from studiolo.environments.errors import (
    EnvironmentBuildError,
    EnvironmentDiskFullError,
    EnvironmentsFolderError,
    PackageNotFoundError,
    PackageWithoutWheelError,
    RegistryUnreachableError,
    UvMissingError,
)
from studiolo.environments.progress import BuildPhase, BuildProgress
from studiolo.environments.uv import process as uv_process

SPEC = EnvironmentSpec(name="small", lock="alpha==1.0\n")

# Builds SPEC in the folder given, printing each phase; dies of SIGKILL in the phase given.
BUILDER = """
import os, signal, sys
from pathlib import Path
from studiolo.environments.uv import process as uv_process
from studiolo.environments.building.build import build_environment
from studiolo.environments.environment import EnvironmentSpec

home, fatal, uv = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
if uv:
    uv_process.uv_program = lambda: uv

def report(step):
    print(step.phase, flush=True)
    if step.phase == fatal:
        os.kill(os.getpid(), signal.SIGKILL)

spec = EnvironmentSpec(name="small", lock="alpha==1.0\\n")
build_environment(spec, progress=report, home=home)
"""


def start_builder(home: Path, fatal: str = "", uv: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BUILDER, str(home), fatal, uv], stdout=subprocess.PIPE, text=True
    )


def value_of_alpha(environment: Environment) -> str:
    run = subprocess.run(
        [environment.python, "-I", "-c", "import alpha; print(alpha.VALUE)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


@pytest.fixture
def alpha(wheel: Callable[..., None]) -> None:
    many = {f"alpha/part{number}.py": "x = 1\n" for number in range(250)}
    wheel("alpha", files={"alpha/__init__.py": "VALUE = 7\n", "alpha/broken.py": "print '", **many})


@pytest.mark.usefixtures("alpha")
def test_build_and_open(tmp_path: Path) -> None:
    steps: list[BuildProgress] = []
    environment = build_environment(SPEC, progress=steps.append, home=tmp_path / "home")
    assert is_built(environment)
    assert value_of_alpha(environment) == "7"
    assert environment.has_package("alpha")
    assert (environment.path / "requirements.lock").read_text() == SPEC.lock
    phases = list(dict.fromkeys(step.phase for step in steps))
    assert phases[0] == BuildPhase.CREATING
    assert {BuildPhase.INSTALLING, BuildPhase.COMPILING} <= set(phases)
    compiled = [step for step in steps if step.phase == BuildPhase.COMPILING]
    assert compiled[-1].total is not None
    assert compiled[-1].total > 250

    steps.clear()
    modified = environment.path.stat().st_mtime_ns
    assert build_environment(SPEC, progress=steps.append, home=tmp_path / "home") == environment
    assert steps == []
    assert environment.path.stat().st_mtime_ns == modified


@pytest.mark.usefixtures("alpha")
def test_opening_takes_no_time(tmp_path: Path) -> None:
    build_environment(SPEC, home=tmp_path)
    times = []
    for _ in range(20):
        before = time.perf_counter()
        build_environment(SPEC, home=tmp_path)
        times.append(time.perf_counter() - before)
    assert min(times) < 0.001


@pytest.mark.usefixtures("alpha")
def test_everything_that_compiles_is_compiled(tmp_path: Path) -> None:
    # A library's folder of that name is left out.
    environment = build_environment(SPEC, home=tmp_path / "tests")
    package = next(environment.path.glob("lib/python*/site-packages/alpha"))
    compiled = {path.name.split(".")[0] for path in package.glob("__pycache__/*.pyc")}
    sources = {path.stem for path in package.glob("*.py")}
    assert sources - compiled == {"broken"}


@pytest.mark.usefixtures("alpha")
@pytest.mark.parametrize("phase", ["creating", "installing", "compiling"])
def test_killed_in_the_middle_is_repaired(phase: str, tmp_path: Path) -> None:
    environment = environment_in(tmp_path, SPEC)
    builder = start_builder(tmp_path, fatal=phase)
    said = builder.communicate(timeout=60)[0]
    assert said.split()[-1] == phase
    assert builder.returncode == -9
    assert not is_built(environment)
    assert environment.path.exists() is (phase != "creating")
    environment.path.mkdir(exist_ok=True)
    (environment.path / "left-over").touch()

    assert value_of_alpha(build_environment(SPEC, home=tmp_path)) == "7"
    assert not (environment.path / "left-over").exists()


@pytest.mark.usefixtures("alpha")
def test_two_processes_build_once(tmp_path: Path) -> None:
    builders = [start_builder(tmp_path), start_builder(tmp_path)]
    said = [builder.communicate(timeout=60)[0].split() for builder in builders]
    assert [builder.returncode for builder in builders] == [0, 0]
    assert sum("creating" in phases for phases in said) == 1
    assert value_of_alpha(environment_in(tmp_path, SPEC)) == "7"


@pytest.mark.usefixtures("alpha")
def test_two_threads_build_once_and_both_go_on(tmp_path: Path) -> None:
    """The first goes on to use the environment, under a lock of its own, while the second waits."""
    begin = threading.Barrier(2)
    told: list[BuildPhase] = []
    until = time.monotonic() + 60

    def tell(step: BuildProgress) -> None:
        told.append(step.phase)
        if time.monotonic() > until:
            raise TimeoutError

    def build() -> Environment:
        begin.wait()
        return build_environment(SPEC, progress=tell, home=tmp_path)

    with ThreadPoolExecutor(2) as threads:
        built = [threads.submit(build) for _ in range(2)]
        assert {future.result().path for future in built} == {environment_in(tmp_path, SPEC).path}
    assert told.count(BuildPhase.BUILT) == 1


@pytest.mark.usefixtures("alpha")
def test_a_second_builder_waits_and_says_so(tmp_path: Path) -> None:
    environment = environment_in(tmp_path, SPEC)
    with Path(f"{environment.path}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        builder = start_builder(tmp_path)
        assert builder.stdout is not None
        assert builder.stdout.readline() == "waiting\n"
        assert not environment.path.exists()
    assert builder.communicate(timeout=60)[0].startswith("creating\n")
    assert is_built(environment)


def test_an_orphaned_uv_keeps_the_others_waiting(packages: Path, tmp_path: Path) -> None:
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\necho 'Resolved 1 package' >&2\nexec sleep 1\n")
    uv.chmod(0o755)
    killed = start_builder(tmp_path, fatal="resolving", uv=str(uv))
    # A step is told again while nothing comes of it.
    assert list(dict.fromkeys(killed.communicate(timeout=60)[0].split())) == [
        "creating",
        "resolving",
    ]
    with Path(f"{environment_in(tmp_path, SPEC).path}.lock").open("w") as lock:
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(lock, fcntl.LOCK_EX)  # it is let go when uv ends


def test_progress_bars_are_listened_to_as_fast_as_they_are_drawn(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    uv = tmp_path / "uv"
    uv.write_text(
        f"#!{sys.executable}\n"
        "import sys\n"
        "for step in range(4000):\n"
        "    bar = f'Preparing packages... ({step}/4000)' + ' ' * 960 + 'numpy ----- 1.2 MiB'\n"
        "    sys.stderr.write(bar + '\\r\\x1b[2K')\n"
        "sys.stderr.write('Preparing packages...' + ' ' * 960 + 'error: Odd\\n  cause: Even\\n')\n"
        "sys.exit(2)\n"
    )
    uv.chmod(0o755)
    monkeypatch.setattr("uv.find_uv_bin", lambda: str(uv))
    steps: list[BuildProgress] = []
    before = time.perf_counter()
    with pytest.raises(EnvironmentBuildError) as caught:
        uv_process.run_uv([], environment="x", folder=tmp_path, progress=steps.append)
    assert time.perf_counter() - before < 5
    assert len(steps) == 4000
    assert caught.value.explanation == "error: Odd\n  cause: Even"


def test_no_code_of_a_package_runs(wheel: Callable[..., None], tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    code = f"import pathlib; pathlib.Path({str(ran)!r}).touch()\n"
    wheel("alpha", files={"alpha.py": f"VALUE = 7\n{code}", "alpha.pth": code})
    environment = build_environment(SPEC, home=tmp_path / "home")
    assert not ran.exists()
    # The same package does run once its Python is started, which only the sandbox does.
    subprocess.run([environment.python, "-c", ""], check=True)
    assert ran.exists()


def test_a_package_that_must_be_built_is_refused(
    source_package: Callable[[str, str], None], tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    source_package("alpha", f"import pathlib; pathlib.Path({str(ran)!r}).touch()\n")
    with pytest.raises(PackageWithoutWheelError):
        build_environment(SPEC, home=tmp_path / "home")
    assert not ran.exists()


@pytest.mark.usefixtures("packages")
def test_a_failed_build_leaves_nothing_and_can_be_repeated(
    wheel: Callable[..., None], tmp_path: Path
) -> None:
    with pytest.raises(PackageNotFoundError) as caught:
        build_environment(SPEC, home=tmp_path)
    assert caught.value.package == "alpha"
    assert not environment_in(tmp_path, SPEC).path.exists()
    wheel("alpha")
    assert value_of_alpha(build_environment(SPEC, home=tmp_path)) == "1"


@pytest.mark.usefixtures("packages")
def test_no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("UV_CONFIG_FILE")
    for offline in ("0", "1"):  # the proxy does not answer; the user forbids it
        monkeypatch.setenv("UV_OFFLINE", offline)
        with pytest.raises(RegistryUnreachableError, match=r"did not answer.*uv-said\.txt"):
            build_environment(SPEC, home=tmp_path)


def test_settings_of_a_project_nearby_do_not_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "uv.toml").write_text("no such setting\n")
    monkeypatch.chdir(tmp_path)
    spec = EnvironmentSpec(name="empty", lock="")
    assert is_built(build_environment(spec, home=Path("home")))
    assert (tmp_path / "home").is_dir()


@pytest.mark.usefixtures("alpha")
def test_an_exception_of_the_listener_ends_the_build(tmp_path: Path) -> None:
    def stop(step: BuildProgress) -> None:
        if step.phase == BuildPhase.COMPILING:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_environment(SPEC, progress=stop, home=tmp_path)
    assert not environment_in(tmp_path, SPEC).path.exists()
    assert is_built(build_environment(SPEC, home=tmp_path))


@pytest.mark.usefixtures("alpha")
def test_without_terminals_it_works_as_well(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse() -> tuple[int, int]:
        raise OSError(errno.ENOENT, "no terminals here")

    monkeypatch.setattr(os, "openpty", refuse)
    steps: list[BuildProgress] = []
    assert is_built(build_environment(SPEC, progress=steps.append, home=tmp_path))
    assert BuildPhase.INSTALLING in {step.phase for step in steps}


def test_no_uv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def find_nothing() -> str:
        raise FileNotFoundError

    monkeypatch.setattr("uv.find_uv_bin", find_nothing)
    with pytest.raises(UvMissingError):
        uv_process.run_uv(["--version"], environment="x", folder=tmp_path, progress=None)


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentsFolderError, match="STUDIOLO_HOME"):
        build_environment(SPEC, home=tmp_path / "file" / "environments")


def test_full_disk(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(EnvironmentDiskFullError) as caught, building_errors("small", tmp_path):
        raise full
    assert caught.value.folder == tmp_path
