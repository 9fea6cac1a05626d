"""The script of an Execute Python Script module."""

import io
import tokenize
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from studiolo.modules.errors import ScriptMissingError, ScriptUnreadableError


@dataclass(frozen=True, kw_only=True)
class Script:
    """A script's text, and the name that tracebacks give it."""

    source: str
    name: str = "script.py"


def read_script(path: Path | str) -> Script:
    """Read a script as Python would: UTF-8, or what its first lines declare.

    Raises:
        ScriptMissingError: There is no such file.
        ScriptUnreadableError: It can't be opened, or is not text in its encoding.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ScriptMissingError(path=str(path), neighbours=_neighbours(path)) from error
    except OSError as error:
        raise ScriptUnreadableError(path=str(path), reason=error.strerror or str(error)) from error
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        source = content.decode(encoding)
    except (SyntaxError, UnicodeError, LookupError) as error:
        reason = _why_not_text(content, error)
        raise ScriptUnreadableError(path=str(path), reason=reason) from error
    return Script(source=source.replace("\r\n", "\n"), name=path.name)


def _why_not_text(content: bytes, error: Exception) -> str:
    if not isinstance(error, UnicodeDecodeError):
        try:
            # What stands in the first lines is a syntax error to Python, of no encoding in no line.
            content.decode("utf-8")
        except UnicodeDecodeError as undecodable:
            error = undecodable
        else:
            return str(error)
    line = content[: error.start].count(b"\n") + 1
    return (
        f"line {line}: byte 0x{content[error.start]:02X} is not {error.encoding}; save it as "
        "UTF-8, or declare its encoding in the first line (# -*- coding: latin-1 -*-)"
    )


def _neighbours(path: Path) -> list[str]:
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.suffix == ".py"]
    except OSError:
        return []
    return [str(path.with_name(name)) for name in get_close_matches(path.name, names, n=1)]
