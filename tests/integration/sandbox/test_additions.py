"""Environments that add packages to the default one, and start from its zygote.

The zygote sees the folder of all environments. A run must see its own addition, and nothing else.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment
from studiolo.sandbox.exchange.job import Job
from studiolo.sandbox.process.observation import parent_of
from studiolo.sandbox.process.process_memory import family_of
from studiolo.sandbox.sandbox import Sandbox
from studiolo_guest.wire import ADDED_DIRECTORY, ENVIRONMENTS_DIRECTORY

from .places import (
    LIMITS,
    ORDINARY,
    POLICY,
    PREAMBLE,
    Here,
    OrdinaryUser,
    answer_of,
    interpreter_of,
)

LANDLOCK = ("landlock",)
#: What a package does when a fork loads it: it lists all environments.
LISTS = f"""
import os
try:
    VALUE = os.listdir({ENVIRONMENTS_DIRECTORY!r})
except OSError:
    VALUE = []
"""
#: A run looks around, and tries to undo what hides other environments.
LOOK = f"""
ADDED, ENVIRONMENTS = {ADDED_DIRECTORY!r}, {ENVIRONMENTS_DIRECTORY!r}
def imported(name):
    try:
        return __import__(name).VALUE
    except ImportError:
        return None
def undone(place):
    tries = [
        call("umount2", place.encode(), 2),
        call("mount", b"none", place.encode(), 0, 0x1020, 0),
        opened(place + "/new", "w"),
        opened(place + "/pyvenv.cfg", "r+b"),
    ]
    return [result for result in tries if result in ("ok", "open")]
def attack():
    listed = tried(os.listdir, ENVIRONMENTS)
    return {{
        "packages": [imported("first"), imported("second")],
        "environments": [] if listed in ("EACCES", "PermissionError") else listed,
        "undone": undone(ADDED) + undone(ENVIRONMENTS),
        "others": [path for path in OTHERS if opened(path) == "open" or os.path.exists(path)],
        "prefix": sys.prefix,
    }}
"""


def _addition(default: Environment, name: str, code: str) -> Environment:
    """An environment with what the default one holds, and a module of that name."""
    path = Path(tempfile.mkdtemp(prefix=f"test-{name}-", dir=default.path.parent))
    path.chmod(0o755)
    site = next(default.path.glob("lib/python*/site-packages"))
    packages = path / site.relative_to(default.path)
    packages.mkdir(parents=True)
    for entry in site.iterdir():
        (packages / entry.name).symlink_to(entry)
    (packages / f"{name}.py").write_text(code)
    (path / "bin").mkdir()
    (path / "bin" / "python").symlink_to(default.python.resolve())
    shutil.copy(default.path / "pyvenv.cfg", path)
    return replace(default, name="script", key=name, path=path, locked=False, adds_to=default)


@pytest.fixture(scope="module")
def additions(default_environment: Environment) -> Iterator[list[Environment]]:
    made = [
        _addition(default_environment, "first", LISTS),
        _addition(default_environment, "second", "VALUE = 2\n"),
    ]
    yield made
    for environment in made:
        shutil.rmtree(environment.path)


def _looking(*others: Environment) -> str:
    paths = []
    for other in others:
        inside = f"{ENVIRONMENTS_DIRECTORY}/{other.path.name}"
        paths += [f"{place}/pyvenv.cfg" for place in (other.path, inside)]
    return f"{PREAMBLE}\nOTHERS = {paths!r}\n{LOOK}"


@pytest.fixture(scope="module")
def base(default_environment: Environment) -> Iterator[Here]:
    """A sandbox whose mounts alone keep the files of others from a run."""
    with Here.opened(default_environment, withheld=LANDLOCK) as here:
        if not here.namespaces:
            pytest.skip("this machine has no user namespaces")
        yield here


def test_a_run_sees_its_own_addition_and_no_other(additions: list[Environment], base: Here) -> None:
    first, second = additions
    found = [answer_of(base.run(_looking(first, second)))]
    for added, other in ((first, second), (second, first)):
        interpreter = interpreter_of(added)
        with Sandbox(POLICY, interpreter, withheld=LANDLOCK, base=base.sandbox) as sandbox:
            found.append(answer_of(sandbox.run(Job(source=_looking(other)), limits=LIMITS)))
    found.append(answer_of(base.run(_looking(first, second))))
    nothing: dict[str, object] = {"environments": [], "undone": [], "others": []}
    default = {**nothing, "packages": [None, None], "prefix": found[0]["prefix"]}
    assert found == [
        default,
        {**nothing, "packages": [[], None], "prefix": ADDED_DIRECTORY},
        {**nothing, "packages": [None, 2], "prefix": ADDED_DIRECTORY},
        default,
    ]


def test_an_ordinary_user_has_it_as_well(additions: list[Environment]) -> None:
    if os.geteuid() != 0:
        pytest.skip("these tests run as an ordinary user already")
    first, second = additions
    process = OrdinaryUser(second, ())
    try:
        found = answer_of(process.run(_looking(first)))
    finally:
        process.close()
    assert found == {
        "packages": [None, 2],
        "environments": [],
        "undone": [],
        "others": [],
        "prefix": ADDED_DIRECTORY,
    }


def test_additions_start_from_one_zygote_and_leave_it_to_the_others(
    additions: list[Environment], full: Here
) -> None:
    _, second = additions
    before = set(family_of(os.getpid()))
    with Sandbox(POLICY, interpreter_of(second), warm=2, base=full.sandbox) as sandbox:
        for _ in range(3):
            assert _prefix(sandbox) == ADDED_DIRECTORY
        began = set(family_of(os.getpid())) - before
        assert began
        zygote = full.sandbox._ready().zygote.pid
        assert {_parent(pid) for pid in began} <= {zygote, None}
        assert 0 < sandbox.memory < full.sandbox.memory
    assert full.run(ORDINARY).failure is None
    assert not {pid for pid in began if _parent(pid) == zygote}


def test_an_addition_outlives_the_death_of_its_zygote(
    additions: list[Environment], base: Here
) -> None:
    _, second = additions
    interpreter = interpreter_of(second)
    with Sandbox(POLICY, interpreter, withheld=LANDLOCK, warm=1, base=base.sandbox) as sandbox:
        assert _prefix(sandbox) == ADDED_DIRECTORY
        os.kill(base.sandbox._ready().zygote.pid, signal.SIGKILL)
        assert _prefix(sandbox) == ADDED_DIRECTORY
        assert base.run(ORDINARY).failure is None


def test_without_namespaces_an_addition_has_a_zygote_of_its_own(
    additions: list[Environment], filtered: Here
) -> None:
    _, second = additions
    withheld = ("namespaces",)
    interpreter = interpreter_of(second)
    with Sandbox(POLICY, interpreter, withheld=withheld, base=filtered.sandbox) as sandbox:
        assert _prefix(sandbox) == str(second.path)


def _prefix(sandbox: Sandbox) -> object:
    source = f"{PREAMBLE}\ndef attack():\n    import second\n    return sys.prefix\n"
    return answer_of(sandbox.run(Job(source=source), limits=LIMITS))


def _parent(pid: int) -> int | None:
    try:
        return parent_of(pid)
    except OSError:
        return None
