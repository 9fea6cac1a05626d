from pathlib import Path

import pytest

from studiolo.environments.errors import EnvironmentBuildError, PackageNotFoundError
from studiolo.environments.uv.failure import uv_failure

NO_SOLUTION = "error: No solution found when resolving dependencies\n  cause: "


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (
            f"{NO_SOLUTION}Because nosuch-x was not found in the package registry and you require"
            " nosuch-x, we can conclude that your requirements are unsatisfiable.",
            "package-not-found",
        ),
        (
            "  \N{MULTIPLICATION SIGN} No solution found when resolving dependencies:\n"
            "  ╰─▶ Because nosuch-x was not found in the package registry and you require"
            " nosuch-x, we can conclude that your"
            " requirements are unsatisfiable.",
            "package-not-found",
        ),
        (
            f"{NO_SOLUTION}Because there is no version of six==99 and you require six==99, we can"
            " conclude that your requirements are unsatisfiable.",
            "package-version-conflict",
        ),
        (
            f"{NO_SOLUTION}you require numpy<2.1 and numpy>2.5, which are incompatible",
            "package-version-conflict",
        ),
        (
            f"{NO_SOLUTION}Because all versions of pycrypto have no usable wheels and you require"
            " pycrypto, we can conclude that your requirements are unsatisfiable.",
            "package-without-wheel",
        ),
        (
            f"{NO_SOLUTION}Because nosuch-x was not found in the cache and you require nosuch-x,"
            " we can conclude that your requirements are unsatisfiable.\n\nhint: Packages were"
            " unavailable because the network was disabled.",
            "package-registry-unreachable",
        ),
        (
            "error: Failed to fetch: https://HOST/simple/six/\n  cause: client error (Connect)\n"
            "  cause: tcp connect error\n  cause: Connection refused (os error 111)",
            "package-registry-unreachable",
        ),
        (
            "error: Failed to download `openpyxl==3.1.5`\n  cause: error sending request for url\n"
            "  cause: client error (Connect)\n  cause: invalid peer certificate: UnknownIssuer",
            "package-registry-untrusted",
        ),
        (
            "error: Failed to install: numpy-2.4.6-cp311.whl (numpy==2.4.6)\n"
            "  cause: failed to copy file: No space left on device (os error 28)",
            "environment-disk-full",
        ),
        ("error: Something new", "environment-build-failed"),
    ],
)
def test_reasons(said: str, code: str) -> None:
    assert uv_failure(said, environment="default", folder=Path("/data")).code == code


def test_an_unknown_authority_names_the_variable() -> None:
    said = "error: Failed to fetch\n  cause: invalid peer certificate: UnknownIssuer"
    assert "SSL_CERT_FILE" in str(uv_failure(said, environment="default", folder=Path("/data")))


def test_missing_package_is_named() -> None:
    said = f"{NO_SOLUTION}Because no-such.x was not found in the package registry and"
    error = uv_failure(said, environment="script", folder=Path("/data"))
    assert isinstance(error, PackageNotFoundError)
    assert error.package == "no-such.x"
    assert '"no-such.x"' in str(error)
    assert '"script"' in str(error)


def test_explanation_leaves_warnings_out_and_is_bounded() -> None:
    said = "⠋ six==1.17.0\nwarning: Failed to hardlink files\nerror: Odd\n" + "x" * 9000
    error = uv_failure(said, environment="default", folder=Path("/data"))
    assert isinstance(error, EnvironmentBuildError)
    assert error.explanation.startswith("error: Odd\nxxx")
    assert len(error.explanation) < 4100


def test_nothing_said() -> None:
    error = uv_failure("⠋ six==1.17.0\n", environment="default", folder=Path("/data"))
    assert str(error).endswith("uv says: (nothing)")


def test_full_disk_names_the_folder() -> None:
    error = uv_failure("error: os error 28", environment="default", folder=Path("/data/env"))
    assert '"/data/env"' in str(error)
