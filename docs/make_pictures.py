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
        place = Path(folder)
        typed = [
            ["new", "my-workspace"],
            ["run", "my-workspace/experiments/rank-features"],
            ["run", "my-workspace/experiments/rank-features", "--param", "rank.trees=500"],
        ]
        shown = [f"$ studiolo {' '.join(words)}\n{_terminal(words, place)}" for words in typed]
        # What the first command lists is in the tutorial.
        _draw("\n".join(shown[1:]), _PICTURES / "run.svg")
        device = ["show", "my-workspace/experiments/rank-features/rank", "--device", "out"]
        _terminal(device, place)
        shutil.copy(place / "out" / "feature-importance.png", _PICTURES)


def _terminal(arguments: list[str], folder: Path) -> str:
    finished = subprocess.run(
        [sys.executable, "-m", "studiolo", *arguments],
        cwd=folder,
        # Colours, and nothing that moves.
        env={
            **os.environ,
            "COLUMNS": str(_WIDTH),
            "FORCE_COLOR": "1",
            "TERM": "xterm-256color",
            "TTY_INTERACTIVE": "0",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return finished.stdout


def _draw(text: str, path: Path) -> None:
    console = Console(record=True, width=_WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text.from_ansi(text))
    # Rich would have the reader's browser fetch a font from elsewhere.
    frame = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    console.save_svg(str(path), title="studiolo", code_format=frame, unique_id="run")


if __name__ == "__main__":
    main()
