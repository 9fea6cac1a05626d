"""Makes the README's pictures by running what the README says: `python docs/make_pictures.py`."""

import os
import re
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

_ROOT = Path(__file__).parents[1]
_PICTURES = _ROOT / "docs" / "images"
_WIDTH = 92


def main() -> None:
    """Run the ranking; keep what the terminal showed, and the picture that the script drew."""
    _PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        arguments = [
            *("run", "examples/rank_features.py"),
            *("--dataset1", "examples/datasets/pima-indians-diabetes.csv"),
        ]
        shown = _terminal([*arguments, "--device", folder])
        typed = " \\\n      ".join(
            ["studiolo " + " ".join(arguments[:2]), *_pairs(arguments[2:]), "--device out"]
        )
        _draw(f"$ {typed}\n{shown.replace(folder, 'out')}", _PICTURES / "run.svg")
        shutil.copy(Path(folder) / "feature-importance.png", _PICTURES / "feature-importance.png")


def _terminal(arguments: list[str]) -> str:
    finished = subprocess.run(
        [sys.executable, "-m", "studiolo", *arguments],
        cwd=_ROOT,
        env={**os.environ, "COLUMNS": str(_WIDTH), "FORCE_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return finished.stdout


def _pairs(arguments: list[str]) -> list[str]:
    return [" ".join(arguments[at : at + 2]) for at in range(0, len(arguments), 2)]


def _draw(text: str, path: Path) -> None:
    console = Console(record=True, width=_WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text.from_ansi(text))
    # Rich would have the reader's browser fetch a font from elsewhere.
    frame = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    console.save_svg(str(path), title="studiolo", code_format=frame, unique_id="run")


if __name__ == "__main__":
    main()
