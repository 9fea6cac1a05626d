"""The changes that scripts need for today's libraries, found by reading them."""

from collections.abc import Iterator
from pathlib import Path

from studiolo.datasets.reading.bundle import read_bundle
from studiolo.errors import StudioloError
from studiolo.experiments.experiment import Experiment, Node
from studiolo.experiments.finding import Finding, Severity
from studiolo.modules.definition import PortName
from studiolo.modules.script import read_script
from studiolo.old_code.reading import Found, read_old_code
from studiolo.old_code.retired_call import Effect
from studiolo.runs.scripts.old_code_notes import bundled_sources

_BUNDLE = PortName("script_bundle")


def check_script(path: Path) -> list[Finding]:
    """Every retired call of a script file, by line.

    Raises:
        StudioloError: The file can't be read.
    """
    return _findings(read_script(path).source, path)


def check_bundle(path: Path) -> list[Finding]:
    """Every retired call of the modules in a script bundle, by module and line.

    Raises:
        BundleError: The bundle can't be read.
    """
    return [
        finding
        for member, source in bundled_sources(read_bundle(path)).items()
        for finding in _findings(source, path / member)
    ]


def check_scripts(experiment: Experiment, datasets: Path) -> list[Finding]:
    """Every retired call of the scripts of an experiment, and of the bundles that they are given.

    What can't be read is left out: the check of the experiment itself says so.

    Args:
        experiment: The experiment.
        datasets: Where its dataset files are.
    """
    found: dict[Path, list[Finding]] = {}
    for node in experiment.nodes.values():
        for file in _files(experiment, node, datasets):
            if file not in found:
                found[file] = _readable(file)
    return [finding for findings in found.values() for finding in findings]


def _files(experiment: Experiment, node: Node, datasets: Path) -> Iterator[Path]:
    if node.script is None:
        return
    yield experiment.folder / node.script
    source = node.inputs.get(_BUNDLE)
    given = None if source is None else experiment.nodes.get(source.node)
    if given is not None and given.dataset is not None and given.dataset.endswith(".zip"):
        yield datasets / given.dataset


def _readable(file: Path) -> list[Finding]:
    try:
        return check_bundle(file) if file.suffix == ".zip" else check_script(file)
    except StudioloError:
        return []


def _findings(source: str, file: Path) -> list[Finding]:
    reading = read_old_code(source)
    findings = [_finding(found, file) for found in reading.found]
    findings += [
        Finding(code="script-syntax", message=f"{message}.", file=file, line=line)
        for line, message in reading.mistakes
    ]
    return sorted(findings, key=lambda finding: finding.line or 0)


def _finding(found: Found, file: Path) -> Finding:
    fails = found.call.effect is Effect.FAILS
    return Finding(
        code="call-retired" if fails else "call-changed",
        message=found.call.sentence,
        file=file,
        line=found.line,
        severity=Severity.ERROR if fails else Severity.WARNING,
    )
