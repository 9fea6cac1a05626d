"""The script of an Execute Python Script module."""

import io
import tokenize
from dataclasses import dataclass
from pathlib import Path

from studiolo.datasets.missing_path import meant
from studiolo.modules.errors import ScriptMissingError, ScriptUnreadableError


@dataclass(frozen=True, kw_only=True)
class Script:
    """A script's text, and its name in tracebacks."""

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
        raise ScriptMissingError(path=str(path), hint=meant(path, _is_script)) from error
    except OSError as error:
        if "\n" in str(path):  # a script's text, which is too long for a path
            raise ScriptMissingError(path=str(path)) from error
        raise ScriptUnreadableError(path=str(path), reason=error.strerror or str(error)) from error
    try:
        source = decoded_script(content)
    except (SyntaxError, UnicodeError, LookupError) as error:
        reason = _why_not_text(content, error)
        raise ScriptUnreadableError(path=str(path), reason=reason) from error
    return Script(source=source, name=path.name)


def decoded_script(content: bytes) -> str:
    """A script's text, as Python would read it.

    Raises:
        SyntaxError, UnicodeError, LookupError: It is not text in its encoding.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return content.decode(encoding).replace("\r\n", "\n")


def _why_not_text(content: bytes, error: Exception) -> str:
    if not isinstance(error, UnicodeDecodeError):
        try:
            # A mistake in the first lines is a syntax error to Python, without encoding or line.
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


def _is_script(entry: Path) -> bool:
    return entry.suffix == ".py"
