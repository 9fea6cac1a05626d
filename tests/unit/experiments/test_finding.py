from pathlib import Path

from studiolo.experiments.finding import Finding, Severity

FILE = Path("/w/experiments/x/experiment.yaml")


def test_it_is_shown_as_editors_understand_it() -> None:
    finding = Finding(code="node-cycle", message="A circle.", file=FILE, line=12, column=3)
    assert str(finding) == "/w/experiments/x/experiment.yaml:12:3: A circle."
    shown = finding.shown(relative_to=Path("/w"))
    assert shown == "experiments/x/experiment.yaml:12:3: A circle."
    assert finding.shown(relative_to=Path("/elsewhere")) == str(finding)
    assert finding.severity is Severity.ERROR


def test_it_may_have_no_place() -> None:
    finding = Finding(code="node-cycle", message="A circle.", file=Path("experiment.yaml"))
    assert str(finding) == "experiment.yaml: A circle."
