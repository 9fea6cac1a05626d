"""The Python in which the peers of experiments run: an environment of their own, made once."""

import shutil
import subprocess
import sys
from pathlib import Path

_REQUIREMENTS = Path(__file__).parent / "peers" / "requirements.lock"
_FOLDER = Path(__file__).parents[1] / ".venv" / "peers"


def peers_python() -> Path:
    """Its interpreter; the first time it is installed, which needs the package registry."""
    python = _FOLDER / "bin" / "python"
    done = _FOLDER / "installed.lock"
    wanted = _REQUIREMENTS.read_text(encoding="utf-8")
    if not done.exists() or done.read_text(encoding="utf-8") != wanted:
        print("installing the peers …", flush=True)
        uv = Path(sys.executable).with_name("uv")
        shutil.rmtree(_FOLDER, ignore_errors=True)
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, _FOLDER], check=True)
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", python, "-r", _REQUIREMENTS], check=True
        )
        done.write_text(wanted, encoding="utf-8")
    return python
