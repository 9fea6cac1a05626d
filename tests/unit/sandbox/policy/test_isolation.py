import pytest

from studiolo.sandbox.policy.isolation import (
    Isolation,
    IsolationReport,
    Layer,
    Level,
    level_of,
    remedy_for_namespaces,
)


@pytest.mark.parametrize(
    ("namespaces", "landlock", "seccomp", "level"),
    [
        (True, True, True, Level.FULL),
        (False, True, True, Level.FILTERED),
        (True, False, True, Level.FILTERED),
        (False, False, True, Level.LIMITS),
        (True, True, False, Level.LIMITS),
        (False, False, False, Level.LIMITS),
    ],
)
def test_level(namespaces: bool, landlock: bool, seccomp: bool, level: Level) -> None:
    assert level_of(namespaces=namespaces, landlock=landlock, seccomp=seccomp) is level


def test_a_report_tells_what_is_there_and_what_is_missing() -> None:
    there = Layer(name="seccomp", active=True, detail="calls")
    missing = Layer(name="landlock", active=False, detail="no", remedy="Use a newer kernel.")
    report = IsolationReport(asked=Isolation.AUTO, level=Level.LIMITS, layers=[there, missing])
    assert report.active == ("seccomp",)
    assert report.missing == (missing,)


def test_remedies_fit_the_reason() -> None:
    assert "AppArmor" in remedy_for_namespaces("[Errno 13] Permission denied: uid_map")
    assert "container" in remedy_for_namespaces("[Errno 1] Operation not permitted")
