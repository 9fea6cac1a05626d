"""The sentences and phrases of our sources that a page can show, read from the sources."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src"
#: Where remarks about a node are made, and sentences about what its script returned.
_NOTING = (
    "studiolo_guest/frames/*.py",
    "studiolo_guest/contract/*.py",
    "studiolo/sandbox/exchange/console.py",
    "studiolo/sandbox/exchange/images.py",
    "studiolo/sandbox/exchange/report.py",
    "studiolo/sandbox/network/traffic.py",
    "studiolo/datasets/formats/*.py",
    "studiolo/datasets/*.py",
)
#: Rooms whose errors no page meets, or whose sentences are for programs and terminals.
_ELSEWHERE = (
    *("calling", "cli", "documents", "export", "old_code", "rendering", "server", "upgrade"),
    *("environments/data", "modules", "sandbox/policy", "services/schema_document.py"),
    *("services/versions/row_wise.py", "workspace/drafts", "workspace/folder", "toml_table.py"),
    *("workspace/transfer", "workspace/upgrades"),
)
#: What errors call the facts that are words of ours.
_WORDED = {"allowed", "problem", "reason", "what", "why"}
_SENTENCE = re.compile(r'[A-Z"][^\n]* .*[.:]', re.DOTALL)
#: What stands for a name or a number.
_ANY = "some"


def notes() -> set[str]:
    """Remarks about a node, with "some" for each name and number."""
    files = [file for pattern in _NOTING for file in SOURCES.glob(pattern)]
    return {one for file in files if file.name != "errors.py" for one in _sentences(file)}


def findings() -> set[str]:
    """Sentences about an experiment's file and its graph."""
    folder = SOURCES / "studiolo" / "experiments"
    left_out = {"difference.py", "errors.py", "layout.py", "set_up.py"}
    files = [file for file in folder.rglob("*.py") if file.name not in left_out]
    return {sentence for file in files for sentence in _sentences(file)}


def phrases() -> set[str]:
    """Phrases that errors and causes of failures are made of."""
    root = SOURCES / "studiolo"
    files = [
        file
        for file in root.rglob("*.py")
        if not file.relative_to(root).as_posix().startswith(_ELSEWHERE) and file.name != "errors.py"
    ]
    return {
        phrase
        for file in files
        for node in ast.walk(_tree(file))
        for phrase in _phrases(node)
        if phrase.strip()
    }


def _phrases(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        if called.endswith("Error"):
            for one in node.keywords:
                yield from _texts(one.value) if one.arg in _WORDED else ()
        if called in ("failure", "malformed", "line.malformed"):
            for argument in node.args[1:] if called == "failure" else node.args:
                yield from _texts(argument)
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in _WORDED:
        yield from _texts(node.value)


def _texts(node: ast.expr) -> Iterator[str]:
    """The texts that an expression can be."""
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _texts(value)
    else:
        text = _text(node)
        if text is not None:
            yield text


def _sentences(file: Path) -> Iterator[str]:
    for text in _every_text(_tree(file)):
        if _SENTENCE.fullmatch(text):
            yield text


def _every_text(node: ast.AST) -> Iterator[str]:
    """All texts but those of errors, which have codes, and of docstrings."""
    if isinstance(node, ast.Raise):
        return
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error"):
        return
    text = _text(node)
    if text is not None:
        yield text
        return
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    for child in ast.iter_child_nodes(node):
        if child is not first or not is_docstring:
            yield from _every_text(child)


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    return "".join(_part(value) for value in node.values)


def _part(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return str(value.value)
    assert isinstance(value, ast.FormattedValue)
    return "azureml_main" if ast.unparse(value.value) == "ENTRY" else _ANY


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))
