from pathlib import Path

import pytest

from studiolo.environments.environment import EnvironmentSpec
from studiolo.environments.errors import (
    DependencyRefusedError,
    PythonRangeError,
    PythonVersionUnsuitableError,
)
from studiolo.environments.request import EnvironmentRequest
from studiolo.environments.script_environment import environment_for
from studiolo.modules.script_metadata import ScriptMetadata

BASE = EnvironmentSpec(name="base", lock="")


def asked(metadata: ScriptMetadata) -> EnvironmentRequest:
    return EnvironmentRequest.of(metadata, base=BASE)


@pytest.mark.parametrize(
    "dependency",
    [
        "",
        "-r /etc/passwd",
        "--index-url=x",
        "six --index-url=x",
        "six\n--index-url=x",
        "six==1 --hash=sha256:00",
        "six @ file:///etc/passwd",
        "six @ https://example.org/six.whl",
        "https://example.org/six.whl",
        "git+https://example.org/six",
        "./six",
        "/srv/six",
        "~/six",
        "../six.whl",
        "${HOME}",
        "six; python_version > '${HOME}'",
        "six; python_version > '3 # x'",
        f"six; {'(' * 5000}python_version > '3'{')' * 5000}",
        "six # comment",
        "six \\",
        "six; python_version > '3' --hash=x",
        "foo bar",
        "six==",
        "six-1.17.0-py2.py3-none-any.whl",
        "six-1.17.0-py3-none-any.WHL; python_version > '3'",
        "six-1.17.0.tar.gz",
        "six.zip[extra]==1",
        "six.tgz",
        "six @ file:///srv/six.whl",
    ],
)
def test_refused_before_anything_is_done(dependency: str, tmp_path: Path) -> None:
    metadata = ScriptMetadata(dependencies=("humanize", dependency))
    with pytest.raises(DependencyRefusedError) as caught:
        environment_for(asked(metadata), home=tmp_path)
    assert caught.value.dependency == dependency
    assert list(tmp_path.iterdir()) == []


def test_other_python(tmp_path: Path) -> None:
    metadata = ScriptMetadata(requires_python="<3")
    with pytest.raises(PythonVersionUnsuitableError, match="<3") as caught:
        environment_for(asked(metadata), home=tmp_path)
    assert caught.value.version.startswith("3.")


def test_range_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(PythonRangeError, match="later"):
        environment_for(
            asked(ScriptMetadata(requires_python=">=3,later")),
            home=tmp_path,
        )


def test_a_long_dependency_is_refused_at_once(tmp_path: Path) -> None:
    dependency = "a" + " " * 100_000 + "@"
    with pytest.raises(DependencyRefusedError):
        environment_for(
            asked(ScriptMetadata(dependencies=(dependency,))),
            home=tmp_path,
        )
