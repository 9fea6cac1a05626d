"""Answers of a language server, which may be about a hostile script."""

from typing import Any

from studiolo.workspace.language import answers
from studiolo.workspace.language.classic_signature import PANDAS, seen_by_server

SEEN = seen_by_server("def azureml_main(df = None):\n    df.nothing\n", [True])


def span(line: int, start: int, end: int) -> dict[str, Any]:
    return {
        "start": {"line": line, "character": start},
        "end": {"line": line, "character": end},
    }


def test_a_completion_has_what_a_page_shows_and_no_more() -> None:
    item = {
        "label": "head",
        "kind": 2,
        "detail": "def head(\n  self : X,\n  n : int\n) -> X: ...",
        "sortText": "1",
    }
    extras = {"command": {"command": "run"}, "data": {"uri": "file:///etc"}, "documentation": "<b>"}
    made = answers.completion({"isIncomplete": False, "items": [{**item, **extras}]}, SEEN)
    assert made == {"isIncomplete": False, "items": [{**item, "detail": "(n: int ) -> X"}]}


def test_completions_of_ours_and_those_that_edit_elsewhere_are_left_out() -> None:
    items = [
        {"label": PANDAS},
        {"label": "Counter", "additionalTextEdits": [{"newText": "import os"}]},
        {"label": "x" * 10_000},
        {"label": 5},
        "text",
        {"label": "df", "textEdit": {"range": span(99, 0, 1), "newText": "df"}},
    ]
    assert answers.completion(items, SEEN)["items"] == []
    assert answers.completion("nonsense", SEEN)["items"] == []
    assert answers.completion([{"label": "a"}] * 5000, SEEN)["isIncomplete"] is True


def test_documentation_names_no_path_and_leads_nowhere() -> None:
    value = (
        "```python\nx\n```\n[DataFrame](file:///var/lib/envs/a.py#L1) and/or/so in /var/lib/a.py"
    )
    value += "\n---\n**Type source** - Inferred\n\nGo to [str](file:///a/b.pyi)"
    found = {"contents": {"kind": "markdown", "value": value}, "range": span(1, 4, 6)}
    made = answers.hover(found, SEEN)
    assert made is not None
    assert made["contents"]["value"] == "```python\nx\n```\nDataFrame and/or/so in …"
    assert made["range"] == span(1, 4, 6)
    assert answers.hover(None, SEEN) is None
    assert answers.hover({"contents": ["a"]}, SEEN) is None


def test_diagnostics_are_at_the_place_that_the_user_sees() -> None:
    signature = SEEN.text.partition("\n")[0]
    found: list[Any] = [
        {"range": span(1, 7, 14), "severity": 1, "message": f"no {PANDAS}.DataFrame"},
        {"range": span(0, len(signature) - 2, len(signature)), "severity": 2, "message": "end"},
        {"range": span(0, signature.index("None"), len(signature)), "message": "the default"},
        {"range": span(3, 0, 6), "severity": 1, "message": "the line that is not theirs"},
        {"range": span(1, 4, 6), "severity": 4, "message": "a hint"},
        {"range": None, "message": "nowhere"},
        None,
        {
            "range": span(1, 4, 6),
            "severity": 1,
            "code": "missing-import",
            "message": 'Cannot find module `a`\n  Looked in ["/var/lib"]',
        },
    ]
    made = answers.diagnostics(found, SEEN)
    assert [(one["range"], one["message"]) for one in made] == [
        (span(1, 7, 14), "no DataFrame"),
        (span(0, 26, 28), "end"),
        (span(1, 4, 6), "Cannot find module `a`"),
    ]


def test_a_signature_keeps_its_parameters() -> None:
    parameters = [{"label": [5, 6], "documentation": "<img>"}, {"label": [5, 600]}, {"label": 3}]
    found = {
        "signatures": [{"label": "head(n)", "parameters": parameters, "documentation": "<b>"}],
        "activeSignature": 7,
        "activeParameter": 0,
    }
    assert answers.signatures(found) == {
        "signatures": [
            {"label": "head(n)", "parameters": [{"label": [5, 6]}], "activeParameter": None}
        ],
        "activeSignature": 0,
        "activeParameter": 0,
    }
    assert answers.signatures({"signatures": []}) is None
