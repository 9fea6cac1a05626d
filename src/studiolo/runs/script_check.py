"""The changes that a script needs for today's libraries, found by reading it."""

from pathlib import Path

from studiolo.experiments.finding import Finding, Severity
from studiolo.modules.script import read_script
from studiolo.old_code.reading import read_old_code
from studiolo.old_code.retired_call import Effect


def check_script(path: Path) -> list[Finding]:
    """Every retired call of a script file, by line.

    Raises:
        StudioloError: The file can't be read.
    """
    reading = read_old_code(read_script(path).source)
    findings = [
        Finding(
            code="call-retired" if found.call.effect is Effect.FAILS else "call-changed",
            message=found.call.sentence,
            file=path,
            line=found.line,
            severity=Severity.ERROR if found.call.effect is Effect.FAILS else Severity.WARNING,
        )
        for found in reading.found
    ]
    findings += [
        Finding(code="script-syntax", message=f"{message}.", file=path, line=line)
        for line, message in reading.mistakes
    ]
    return sorted(findings, key=lambda finding: finding.line or 0)
