"""A document as text."""

import json
from collections.abc import Mapping


def document_text(document: Mapping[str, object]) -> str:
    """The document as indented JSON, with a line end."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
