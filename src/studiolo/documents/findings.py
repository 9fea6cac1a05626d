"""The findings of a check as a document."""

from collections.abc import Mapping, Sequence

from typing_extensions import TypedDict

from studiolo.errors import Fact
from studiolo.experiments.finding import FINDING_CODES, Finding


class FindingDocument(TypedDict):
    """A finding."""

    code: str
    #: The number that the classic studio gave.
    classic_number: int | None
    #: `error` or `warning`.
    severity: str
    message: str
    file: str
    #: From 1; None if the file as a whole is meant.
    line: int | None
    #: From 1; None if only the line is known.
    column: int | None
    node: str | None
    #: What the message is made of, by name; empty where it is not known.
    facts: Mapping[str, Fact]


class FindingsDocument(TypedDict):
    """The findings in the order of the file."""

    findings: Sequence[FindingDocument]


def findings_document(findings: Sequence[Finding]) -> FindingsDocument:
    """The document of a check."""
    return {"findings": [finding_document(finding) for finding in findings]}


def finding_document(finding: Finding) -> FindingDocument:
    """The document of a finding."""
    return {
        "code": finding.code,
        "classic_number": FINDING_CODES.get(finding.code),
        "severity": finding.severity,
        "message": finding.message,
        "file": str(finding.file),
        "line": finding.line,
        "column": finding.column,
        "node": finding.node,
        "facts": finding.facts,
    }
