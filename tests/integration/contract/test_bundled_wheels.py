"""Packages that a script bundle brings along as wheels, or as bare compiled modules."""

import platform
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from studiolo.environments.building.build import default_environment
from studiolo.runs.scripts.circumstances import Circumstances
from studiolo.runs.scripts.explanation import explained
from studiolo.sandbox.exchange.job import Failure, Job, Outcome
from studiolo.sandbox.exchange.memory_file import MemoryFile

from .conftest import zipped

Run = Callable[..., Outcome]
FailureOf = Callable[..., Failure]
HERE = f"cp{sys.version_info.major}{sys.version_info.minor}"
PLATFORM = f"linux_{sysconfig.get_platform().removeprefix('linux-')}"
FIT = f"{HERE}-{HERE}-{PLATFORM}"
PURE = "py3-none-any"
PRINTS = "import fast\ndef azureml_main():\n    print(fast.VALUE)\n"


def _wheel(version: str, *, name: str = "fast", value: str = "1", python: str = "") -> bytes:
    requires = f"Requires-Python: {python}\n" if python else ""
    info = f"{name}-{version}.dist-info"
    return zipped(
        {
            f"{name}/__init__.py": f"VALUE = {value}\n",
            f"{name}/table.txt": "beside the module\n",
            f"{name}-{version}.data/purelib/{name}_more.py": "VALUE = 'from the data folder'\n",
            f"{name}-{version}.data/scripts/{name}": "#!python\n",
            f"{info}/METADATA": (
                f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}\n"
                "Requires-Python: <2\n"
            ),
        }
    )


def _native() -> dict[str, bytes]:
    """A package whose compiled module is one of the default environment's."""
    folder = next(default_environment().path.glob("lib/python*/site-packages/markupsafe"))
    compiled = next(folder.glob("_speedups*.so"))
    return {"fast/__init__.py": b"", f"fast/{compiled.name}": compiled.read_bytes()}


def _notes(outcome: Outcome) -> list[str]:
    return [line for line in outcome.log if line.startswith("The script bundle's")]


def test_a_package_with_native_code_and_data_files_is_imported_from_a_wheel(run: Run) -> None:
    wheel = zipped({**_native(), "fast/table.txt": b"beside the module\n"})
    source = """
        import importlib.metadata, os
        import fast._speedups
        def azureml_main():
            print(os.path.relpath(fast._speedups.__file__).split(".cpython")[0])
            print(open(os.path.join(os.path.dirname(fast.__file__), "table.txt")).read())
    """
    outcome = run(source, bundle={f"wheels/fast-1.0-{FIT}.whl": wheel})
    assert outcome.failure is None, outcome.failure
    assert outcome.device.console == ("Script Bundle/.wheels/fast/_speedups\nbeside the module\n\n")
    assert _notes(outcome) == [f"The script bundle's fast-1.0-{FIT}.whl is used."]


def test_the_newest_wheel_that_fits_is_taken(run: Run) -> None:
    bundle = {
        f"fast-1.9-{PURE}.whl": _wheel("1.9", value="'1.9'"),
        f"fast-1.11-{PURE}.whl": _wheel("1.11", python=">=99.1"),
        f"fast-1.10-{PURE}.whl": _wheel("1.10", value="'1.10, pure'", python=">=3.8"),
        f"fast-1.10-{FIT}.whl": _wheel("1.10", value="'1.10, for this platform'"),
        "fast-2.0-cp27-cp27m-win32.whl": b"never opened",
        "fast.whl": b"never opened",
    }
    source = """
        import fast, fast_more, importlib.metadata
        def azureml_main():
            print(fast.VALUE, fast_more.VALUE, importlib.metadata.version("fast"), sep="; ")
    """
    outcome = run(source, bundle=bundle)
    assert outcome.device.console == "1.10, for this platform; from the data folder; 1.10\n"
    better = "is not used: there is a better one of this package."
    assert _notes(outcome) == [
        f"The script bundle's fast-1.10-{FIT}.whl is used.",
        f"The script bundle's fast-1.10-{PURE}.whl {better}",
        f"The script bundle's fast-1.11-{PURE}.whl is not used: it needs Python >=99.1, and this "
        f"is {platform.python_version()}.",
        f"The script bundle's fast-1.9-{PURE}.whl {better}",
        "The script bundle's fast-2.0-cp27-cp27m-win32.whl is not used: it is for a different "
        "Python or platform.",
        "The script bundle's fast.whl is not used: a wheel's name says its package, version and "
        "platform.",
    ]


def test_a_package_of_the_environment_stays_as_it_is(run_in_each: Run) -> None:
    # matplotlib is imported beforehand in the one sandbox, and not in the other.
    wheel = _wheel("99.0", name="matplotlib")
    source = "import matplotlib\ndef azureml_main():\n    print(matplotlib.__version__)\n"
    outcome = run_in_each(source, bundle={f"matplotlib-99.0-{PURE}.whl": wheel})
    assert outcome.failure is None, outcome.failure
    version = outcome.device.console.strip()
    assert version != "99.0"
    assert _notes(outcome) == [
        f"The script bundle's matplotlib-99.0-{PURE}.whl is not used: the environment has "
        f"matplotlib {version}."
    ]


@pytest.mark.parametrize(
    ("wheel", "code", "said"),
    [
        (b"PK no zip", "bundle-unreadable", f"The script bundle's fast-1.0-{PURE}.whl can't be"),
        (zipped({"../../fast.py": ""}), "bundle-escape", "leads out of it"),
        (zipped({"fast-1.0.data/purelib/../../../x.py": ""}), "bundle-escape", "leads out of it"),
    ],
)
def test_a_wheel_that_is_no_wheel(
    failure_of: FailureOf, wheel: bytes, code: str, said: str
) -> None:
    failure = failure_of(PRINTS, bundle={f"fast-1.0-{PURE}.whl": wheel})
    assert failure.code == code
    assert said in failure.message


WINDOWS = "Python 3.7 on 64-bit Windows"


@pytest.mark.parametrize(
    ("source", "members", "built_for", "package"),
    [
        (PRINTS, {"fast-1.0-cp37-cp37m-win_amd64.whl": _wheel("1.0")}, WINDOWS, "fast"),
        (
            "import fast_more\ndef azureml_main(): ...",
            {"w/fast-1.0-cp27-none-macosx_10_6_intel.whl": _wheel("1.0")},
            "Python 2.7 on macOS",
            "fast",
        ),
        (PRINTS, {"fast-1.0-cp36-cp36m-manylinux1_i686.whl": b""}, "3.6 on Linux (i686)", "fast"),
        (PRINTS, {"fast-1.0-py2-none-any.whl": _wheel("1.0")}, "Python 2. The", "fast"),
        (PRINTS, {f"w/fast-1.0-{PURE}.whl": _wheel("1.0", python="<4, >=99")},
         "which needs Python <4, >=99. The", "fast"),
        (PRINTS, {"fast.pyd": b"MZ"}, "Windows. The", "fast"),
        ("import yaml._fast\ndef azureml_main(): ...",
         {"yaml/__init__.py": b"", "yaml/_fast.cp37-win_amd64.pyd": b"MZ"}, WINDOWS, "pyyaml"),
        ("from lib import _fast\ndef azureml_main(): ...",
         {"lib/__init__.py": b"", "lib/_fast.cpython-37m-darwin.so": b""},
         "Python 3.7 on macOS", "lib"),
        (PRINTS, {"fast.so": b"\x7fELF\x01rest"}, "a different Python or platform", "fast"),
    ],
)  # fmt: skip
def test_what_was_built_for_something_else_is_named(
    run: Run, source: str, members: dict[str, bytes], built_for: str, package: str
) -> None:
    outcome = run(source, bundle=members)
    assert outcome.failure is not None
    with MemoryFile.of_bytes(zipped(members), "bundle") as file:
        job = Job(source=source, inputs={}, bundle=file)
        ran = Circumstances(environment=default_environment(), job=job)
        message = explained(outcome.failure, ran).message
    assert f"The script bundle has {list(members)[-1]}, which " in message
    assert "which was built for " in message or "which needs " in message
    assert built_for in message
    python = "Python {}.{}".format(*sys.version_info)
    assert f"The script runs on {python} on Linux" in message
    assert f'# dependencies = ["{package}"]' in message
    assert f"studiolo environment create NAME --add {package}" in message


def test_a_module_built_for_an_older_python(run: Run, tmp_path: Path) -> None:
    # What Python 2 called a module's entry: this Python finds none.
    compiled = next(content for name, content in _native().items() if name.endswith(".so")).replace(
        b"PyInit__speedups", b"Py2Init_speedups"
    )
    source = "import _speedups\ndef azureml_main(): ..."
    outcome = run(source, bundle={"_speedups.so": compiled})
    assert outcome.failure is not None
    with MemoryFile.of_bytes(zipped({"_speedups.so": compiled}), "bundle") as file:
        ran = Circumstances(
            environment=default_environment(), job=Job(source=source, inputs={}, bundle=file)
        )
        message = explained(outcome.failure, ran).message
    assert "The script bundle has _speedups.so, which was built for a different Python" in message
