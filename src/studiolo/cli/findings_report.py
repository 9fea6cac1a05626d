"""`studiolo check --json`: findings as a JSON document."""

import json
from collections.abc import Sequence

from studiolo.experiments.finding import FINDING_CODES, Finding


def findings_report(findings: Sequence[Finding]) -> str:
    """The document; its keys are in docs/reference/experiment-report.md."""
    found = [
        {
            "code": finding.code,
            "classic_number": FINDING_CODES.get(finding.code),
            "severity": finding.severity,
            "message": finding.message,
            "file": str(finding.file),
            "line": finding.line,
            "column": finding.column,
            "node": finding.node,
        }
        for finding in findings
    ]
    return json.dumps({"findings": found}, indent=2, ensure_ascii=False) + "\n"
