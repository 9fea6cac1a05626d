"""The Pythons in which peers run: each has an environment of its own, made once."""

import shutil
import subprocess
import sys
from pathlib import Path

_PEERS = Path(__file__).parent / "peers"
_VENV = Path(__file__).parents[1] / ".venv"


def peers_python(name: str = "requirements") -> Path:
    """The interpreter with the packages of a lock file in `peers`.

    The first time it is installed, which needs the package registry.
    """
    lock = _PEERS / f"{name}.lock"
    folder = _VENV / f"peers-{lock.stem}"
    python = folder / "bin" / "python"
    done = folder / "installed.lock"
    wanted = lock.read_text(encoding="utf-8")
    if not done.exists() or done.read_text(encoding="utf-8") != wanted:
        print(f"installing {lock.name} …", flush=True)
        uv = Path(sys.executable).with_name("uv")
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, "-r", lock],
            check=True,
        )
        done.write_text(wanted, encoding="utf-8")
    return python
