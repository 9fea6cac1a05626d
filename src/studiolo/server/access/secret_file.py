"""Secrets of the server: made once, in files that their owner alone can read."""

import os
import secrets
from pathlib import Path


def secret_in(folder: Path, name: str) -> str:
    """The secret in a file of the server's folder; both are made if they are missing.

    An interrupted start leaves no empty file: a secret gets its name when it is written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    made = folder / f".{name}-{secrets.token_hex(8)}"
    try:
        if not path.exists():
            descriptor = os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"{secrets.token_urlsafe(32)}\n")
            # Of two servers that start at the same time, the first one's stays.
            os.link(made, path)
    except FileExistsError:
        pass
    finally:
        made.unlink(missing_ok=True)
    return path.read_text(encoding="ascii").strip()
