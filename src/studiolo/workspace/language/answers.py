"""The answers of a language server, as a page may have them.

They are built anew from the parts that a page uses. A script may have a say in every one of them,
by its names and its docstrings, so each is text, short, and without a path of this machine.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from studiolo.workspace.language.classic_signature import PANDAS, Position, SeenScript

#: Completions, diagnostics and signatures of one answer.
_MOST_ITEMS: Final = 600
_MOST_DIAGNOSTICS: Final = 200
_MOST_SIGNATURES: Final = 10
#: Characters of a name, of what is said about it in a line, and of a page of documentation.
_LONGEST_NAME: Final = 200
_LONGEST_LINE: Final = 120
_LONGEST_TEXT: Final = 8_000
#: The beginning of a function's type, which repeats its name and what it is called on.
_DEFINITION: Final = re.compile(
    r"^(?:@\w+\s+)*(?:async\s+)?def\s+\w+(?:\[[^\]]*\])?\(\s*(?:(?:self|cls)\b[^,()]*(?:,\s*|(?=\))))?"
)
#: Lines that lead to a definition, or tell how a type was found.
_ASIDE: Final = re.compile(r"^(?:Go to \[|\*\*Type source\*\*).*$", re.MULTILINE)
#: A link of Markdown, which leads to a file of this machine or out of the studio.
_LINK: Final = re.compile(r"\[([^\]\n]*)\]\((?:file|https?|command):[^)\n]*\)")
_PATH: Final = re.compile(r"(?:file:/|(?<![\w/:]))(?:/[\w.@+~-]+){2,}/?")
#: A hint is that a name is not used, of which a script that is being typed has many.
_HINT: Final = 4
_MAYBE_NONE: Final = "`NoneType`"
#: The type of pyrefly for what it can't infer, which is not worth a word.
_UNKNOWN: Final = "Unknown"

Document = Mapping[str, Any]


def completion(found: object, seen: SeenScript) -> Document:
    """A list of completions."""
    if isinstance(found, dict):
        incomplete, items = bool(found.get("isIncomplete")), found.get("items")
    else:
        incomplete, items = False, found
    kept = list(_kept(items, lambda item: _item(item, seen), _MOST_ITEMS))
    return {"isIncomplete": incomplete or len(kept) == _MOST_ITEMS, "items": kept}


def hover(found: object, seen: SeenScript) -> Document | None:
    """The type and the documentation of a name: Markdown, which a page shows as code and text."""
    contents = found.get("contents") if isinstance(found, dict) else None
    value = contents.get("value") if isinstance(contents, dict) else None
    if not isinstance(value, str) or not value.strip():
        return None
    assert isinstance(found, dict)
    shown = {"contents": {"kind": "markdown", "value": _documentation(value)}}
    span = _range(found.get("range"), seen)
    return shown if span is None else {**shown, "range": span}


def signatures(found: object) -> Document | None:
    """The signatures of a function that is being called."""
    if not isinstance(found, dict):
        return None
    kept = list(_kept(found.get("signatures"), _signature, _MOST_SIGNATURES))
    if not kept:
        return None
    active = found.get("activeSignature")
    within = isinstance(active, int) and 0 <= active < len(kept)
    return {
        "signatures": kept,
        "activeSignature": active if within else 0,
        "activeParameter": _number(found.get("activeParameter")),
    }


def diagnostics(found: object, seen: SeenScript) -> Sequence[Document]:
    """Mistakes in a script; those in the annotations that the user did not write are left out."""
    return list(_kept(found, lambda one: _diagnostic(one, seen), _MOST_DIAGNOSTICS))


def _kept(
    found: object, make: Callable[[Mapping[str, Any]], Document | None], most: int
) -> Iterator[Document]:
    count = 0
    for one in found if isinstance(found, list) else ():
        made = make(one) if isinstance(one, dict) else None
        if made is None:
            continue
        yield made
        count += 1
        if count == most:
            return


def _item(item: Mapping[str, Any], seen: SeenScript) -> Document | None:
    label = item.get("label")
    if not isinstance(label, str) or label.startswith(PANDAS) or len(label) > _LONGEST_NAME:
        return None
    if item.get("additionalTextEdits"):
        # An import that is to be added elsewhere.
        return None
    made: dict[str, Any] = {"label": label}
    for key in ("insertText", "filterText", "sortText"):
        if isinstance(item.get(key), str):
            made[key] = item[key][:_LONGEST_NAME]
    kind, detail, edit = item.get("kind"), item.get("detail"), item.get("textEdit")
    if isinstance(kind, int):
        made["kind"] = kind
    if isinstance(detail, str) and detail != _UNKNOWN:
        detail = detail.replace(f"{_UNKNOWN} | ", "").replace(f" | {_UNKNOWN}", "")
        made["detail"] = _line(_DEFINITION.sub("(", detail).removesuffix(": ..."))
    if isinstance(edit, dict):
        span = _range(edit.get("range"), seen)
        if span is None or not isinstance(edit.get("newText"), str):
            return None
        made["textEdit"] = {"range": span, "newText": edit["newText"][:_LONGEST_NAME]}
    return made


def _signature(found: Mapping[str, Any]) -> Document | None:
    label = found.get("label")
    if not isinstance(label, str):
        return None
    label = label[:_LONGEST_TEXT]
    parameters = [
        {"label": one["label"]}
        for one in found.get("parameters") or ()
        if isinstance(one, dict) and _is_label(one.get("label"), len(label))
    ]
    active = _number(found.get("activeParameter"))
    return {"label": label, "parameters": parameters, "activeParameter": active}


def _is_label(label: object, length: int) -> bool:
    if isinstance(label, str):
        return True
    return (
        isinstance(label, list)
        and len(label) == 2
        and all(isinstance(place, int) and 0 <= place <= length for place in label)
    )


def _diagnostic(found: Mapping[str, Any], seen: SeenScript) -> Document | None:
    severity = found.get("severity")
    start = _position((found.get("range") or {}).get("start"))
    if severity == _HINT or start is None or seen.is_ours(start):
        return None
    span, message = _range(found.get("range"), seen), found.get("message")
    if span is None or not isinstance(message, str):
        return None
    if found.get("code") == "missing-import":
        # The lines below list the folders that were looked at.
        message = message.partition("\n")[0]
    if found.get("code") == "missing-attribute" and _MAYBE_NONE in message:
        # Libraries say of much that it may be None which never is.
        severity = 2
    message = _PATH.sub("…", message).replace(f"{PANDAS}.", "")[:_LONGEST_TEXT]
    return {
        "range": span,
        "severity": severity if severity in (1, 2, 3) else 1,
        "message": message,
        "source": "pyrefly",
    }


def _range(found: object, seen: SeenScript) -> Document | None:
    if not isinstance(found, dict):
        return None
    server = [_position(found.get(key)) for key in ("start", "end")]
    if None in server:
        return None
    user = [seen.to_user(place) for place in server if place is not None]
    if None in user:
        return None
    start, end = (
        {"line": place.line, "character": place.column} for place in user if place is not None
    )
    return {"start": start, "end": end}


def _position(found: object) -> Position | None:
    if not isinstance(found, dict):
        return None
    line, column = found.get("line"), found.get("character")
    if not isinstance(line, int) or not isinstance(column, int) or min(line, column) < 0:
        return None
    return Position(line, column)


def _number(found: object) -> int | None:
    return found if isinstance(found, int) and 0 <= found < _MOST_ITEMS else None


def _line(text: str) -> str:
    whole = re.sub(r" +:", ":", " ".join(text.split()))
    return whole if len(whole) <= _LONGEST_LINE else whole[: _LONGEST_LINE - 1] + "…"


def _documentation(value: str) -> str:
    text = _LINK.sub(r"\1", _ASIDE.sub("", value)).rstrip("\n -")
    text = text.replace("&nbsp;", " ").replace(f"{PANDAS}.", "")
    text = _PATH.sub("…", text)
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"
