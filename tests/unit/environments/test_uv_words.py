"""uv's explanations in our words.

They were recorded from uv 0.11 with a folder of wheels made for it: alpha 1 to 3, beta that needs
alpha<2, gamma that needs alpha>=2, deep that needs beta, and so on.
"""

from pathlib import Path

import pytest

from studiolo.environments.errors import EnvironmentBuildError
from studiolo.environments.uv.failure import uv_failure

NO_SOLUTION = "error: No solution found when resolving dependencies\n  cause: "
UNSATISFIABLE = "we can conclude that your requirements are unsatisfiable."


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        (
            NO_SOLUTION + ("Because you require alpha==1.0 and alpha>=2, ") + UNSATISFIABLE,
            "package-version-conflict",
            "alpha==1.0 and alpha>=2 are both asked for, and no version is both.",
        ),
        (
            NO_SOLUTION
            + (
                "Because all versions of gamma depend on alpha>=2 and you require alpha==1.0, we "
                "can conclude that your requirements and all versions of gamma are incompatible.\n"
                "         And because you require gamma, "
            )
            + UNSATISFIABLE,
            "package-version-conflict",
            "gamma needs alpha>=2, but alpha==1.0 is asked for.",
        ),
        (
            NO_SOLUTION + ("Because you require alpha==1.0 and alpha==9, ") + UNSATISFIABLE,
            "package-version-conflict",
            "alpha==1.0 and alpha==9 are both asked for, and no version is both.",
        ),
        (
            NO_SOLUTION
            + (
                "Because all versions of beta depend on alpha<2 and all versions of deep depend "
                "on beta, we can conclude that all versions of deep depend on alpha<2.\n"
                "         And because you require alpha==3.0 and deep, "
            )
            + UNSATISFIABLE,
            "package-version-conflict",
            "beta needs alpha<2, but alpha==3.0 is asked for. (deep needs beta.)",
        ),
        (
            NO_SOLUTION
            + (
                "Because beta>=1.1 depends on alpha<2 and you require alpha==3.0, we can conclude"
                " that your requirements and beta>=1.1 are incompatible.\n"
                "         And because you require beta==1.1, "
            )
            + UNSATISFIABLE,
            "package-version-conflict",
            "beta>=1.1 needs alpha<2, but alpha==3.0 is asked for.",
        ),
        (
            NO_SOLUTION
            + (
                "Because all versions of gamma depend on alpha>=2 and all versions of beta depend"
                " on alpha<2, we can conclude that all versions of beta and all versions of gamma"
                " are incompatible.\n"
                "         And because you require beta and gamma, "
            )
            + UNSATISFIABLE,
            "package-version-conflict",
            "gamma needs alpha>=2, but beta needs alpha<2.",
        ),
        (
            NO_SOLUTION
            + (
                "Because nosuch was not found in the provided package locations and you require "
                "nosuch, "
            )
            + UNSATISFIABLE,
            "package-not-found",
            "",
        ),
        (
            NO_SOLUTION
            + (
                "Because nosuch was not found in the provided package locations and all versions "
                "of needy depend on nosuch>=1, we can conclude that all versions of needy cannot "
                "be used.\n"
                "         And because you require needy, "
            )
            + UNSATISFIABLE,
            "package-not-found",
            "needy needs nosuch>=1.",
        ),
        (
            NO_SOLUTION
            + (
                "Because alpah was not found in the provided package locations and you require "
                "alpah>=1, "
            )
            + UNSATISFIABLE,
            "package-not-found",
            "",
        ),
        (
            (
                "error: No solution found when resolving dependencies for split (markers: "
                "python_full_version >= '3.11' and python_full_version < '3.13')\n"
                "  cause: Because newer==1.0 requires Python >=3.13 and only newer==1.0 is "
                "available, we can conclude that all versions of newer cannot be used.\n"
                "         And because you require newer, "
            )
            + UNSATISFIABLE,
            "package-without-wheel",
            "newer==1.0 needs Python >=3.13.",
        ),
        (
            NO_SOLUTION
            + (
                "Because sourced==1.0 has no usable wheels and only sourced==1.0 is available, we"
                " can conclude that all versions of sourced cannot be used.\n"
                "         And because you require sourced, we can conclude that your requirements"
                " are unsatisfiable.\n"
                "hint: Wheels are required for `sourced` because building from source is disabled"
                " for all packages (i.e., with `--no-build`)"
            ),
            "package-without-wheel",
            "sourced==1.0 is published as source only.",
        ),
        (
            NO_SOLUTION
            + ("Because there is no version of deep==4 and you require deep==4, ")
            + UNSATISFIABLE,
            "package-version-conflict",
            "There is no deep==4.",
        ),
        (
            NO_SOLUTION + ("you require alpha<1 and alpha>2, which are incompatible"),
            "package-version-conflict",
            "alpha<1 and alpha>2 are both asked for, and no version is both.",
        ),
        (
            (
                "error: Failed to fetch: http://127.0.0.1:9/simple/six/\n"
                "  cause: error sending request for url (http://127.0.0.1:9/simple/six/)\n"
                "  cause: client error (Connect)\n"
                "  cause: tcp connect error\n"
                "  cause: Connection refused (os error 111)"
            ),
            "package-registry-unreachable",
            "127.0.0.1:9 could not be reached: Connection refused.",
        ),
        (
            (
                "error: Failed to fetch: http://nosuch.invalid/simple/six/\n"
                "  cause: error sending request for url (http://nosuch.invalid/simple/six/)\n"
                "  cause: client error (Connect)\n"
                "  cause: dns error\n"
                "  cause: error resolving DNS\n"
                "  cause: failed to lookup address information: Name or service not known"
            ),
            "package-registry-unreachable",
            "nosuch.invalid could not be reached: failed to lookup address information: Name or"
            " service not known.",
        ),
        (
            NO_SOLUTION
            + (
                "Because six was not found in the cache and you require six, we can conclude that"
                " your requirements are unsatisfiable.\n"
                "hint: Packages were unavailable because the network was disabled. When the "
                "network is disabled, registry packages may only be read from the cache."
            ),
            "package-registry-unreachable",
            "uv is set to work offline, and has not kept the package.",
        ),
        (
            NO_SOLUTION
            + (
                "Because delta==1.0 has no wheels with a matching Python ABI tag (e.g., `cp311`) "
                "and you require delta==1.0, we can conclude that your requirements are "
                "unsatisfiable.\n"
                "\n"
                "hint: You require CPython 3.11 (`cp311`), but we only found wheels for `delta` "
                "(v1.0) with the following Python ABI tag: `cp37m`"
            ),
            "package-without-wheel",
            "delta==1.0 has no wheel for this Python and platform, only for cp37m.",
        ),
        (
            (
                "error: Failed to download `alpha==1.0`\n"
                "  cause: Hash mismatch for `alpha==1.0`\n"
                "\n"
                "         Expected:\n"
                "           sha256:0000\n"
                "\n"
                "         Computed:\n"
                "           sha256:d606"
            ),
            "environment-build-failed",
            "alpha==1.0 is a different file than the lock says.",
        ),
    ],
)
def test_the_reason_in_short(tmp_path: Path, said: str, code: str, reason: str) -> None:
    error = uv_failure(f"⠙ alpha==3.0\n{said}", environment="script", folder=tmp_path)
    assert isinstance(error, EnvironmentBuildError)
    assert (error.code, error.reason) == (code, reason)
    assert reason in str(error)
    assert error.explanation == said
    # The whole of it is at hand, and not in the way.
    assert error.kept == tmp_path / "uv-said.txt"
    assert error.kept.read_text(encoding="utf-8") == f"{said}\n"
    assert str(error.kept) in str(error)
    assert "we can conclude" not in str(error)


def test_what_is_new_or_can_not_be_kept_is_in_the_error(tmp_path: Path) -> None:
    new = uv_failure("error: Something new", environment="script", folder=tmp_path)
    assert str(new).endswith("uv says: error: Something new")
    said = f"{NO_SOLUTION}Because you require alpha==1.0 and alpha>=2, {UNSATISFIABLE}"
    lost = uv_failure(said, environment="script", folder=tmp_path / "missing")
    assert "alpha==1.0 and alpha>=2 are both asked for, and no version is both." in str(lost)
    assert str(lost).endswith(f"uv says: {said}")
