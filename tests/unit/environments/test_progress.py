import pytest

from studiolo.environments.progress import BuildPhase, BuildProgress, progress_in


@pytest.mark.parametrize(
    ("line", "phase", "done", "total"),
    [
        ("⠋ Resolving dependencies...", BuildPhase.RESOLVING, None, None),
        ("Resolved 56 packages in 1.75s", BuildPhase.RESOLVING, 56, 56),
        ("Resolved 1 package in 200ms", BuildPhase.RESOLVING, 1, 1),
        ("⠹ Preparing packages... (2/4)     networkx  --- 1.2 MiB", BuildPhase.PREPARING, 2, 4),
        ("Prepared 4 packages in 698ms", BuildPhase.PREPARING, 4, 4),
        ("████░░░░ [1/4] six==1.17.0", BuildPhase.INSTALLING, 1, 4),
        ("░░░░░░░░ [0/4] Installing wheels...", BuildPhase.INSTALLING, 0, 4),
        ("Installed 4 packages in 123ms", BuildPhase.INSTALLING, 4, 4),
    ],
)
def test_lines_of_uv(line: str, phase: BuildPhase, done: int | None, total: int | None) -> None:
    step = progress_in(line)
    assert step is not None
    assert (step.phase, step.done, step.total) == (phase, done, total)
    assert total is None or f"({done}/{total})" in step.message


@pytest.mark.parametrize(
    "line",
    [
        "Using Python 3.11.7 environment at: envcold",
        "⠋ Preparing packages... (0/0)",
        " + six==1.17.0",
        "error: No solution found when resolving dependencies",
    ],
)
def test_other_lines(line: str) -> None:
    assert progress_in(line) is None


def test_a_phase_is_a_plain_text() -> None:
    assert BuildProgress(phase=BuildPhase.WAITING, message="m").phase == "waiting"
