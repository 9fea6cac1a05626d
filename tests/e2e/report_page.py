import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "experiment-report.md"
#: Objects whose keys are names that users gave, or modules.
_BY_NAME = {"nodes", "ports", "results", "parameters", "inputs", "settings", "types", "roles"}
#: What has a page of its own, or keys that depend on the code of a finding.
_ELSEWHERE = {"profile", "error", "facts"}


def undocumented(document: Any) -> set[str]:
    """Keys of a document of `--json` that the reference page does not have."""
    words = set(re.findall(r"`([a-z_]+)`", PAGE.read_text(encoding="utf-8")))
    paths = re.findall(r"^\| `([a-z_.*]+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return _keys(document) - words - {path.rpartition(".")[2] for path in paths}


def _keys(document: Any) -> set[str]:
    if isinstance(document, list):
        return set().union(*map(_keys, document))
    if not isinstance(document, dict):
        return set()
    found = set(document)
    for key, value in document.items():
        if key in _BY_NAME and isinstance(value, dict):
            found = found.union(*map(_keys, value.values()))
        elif key not in _ELSEWHERE:
            found |= _keys(value)
    return found
