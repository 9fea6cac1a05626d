"""What a script prints, on the terminal, as it prints it."""

from typing import TextIO

from studiolo.cli.reporting import printable


class LiveConsole:
    """Passes text on, without what would let a script steer the terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._ends_line = True

    def write(self, text: str) -> None:
        """Show one piece."""
        # A bare carriage return is how progress bars redraw their line.
        cleaned = "".join(c if c == "\r" else printable(c) for c in text)
        self._stream.write(cleaned)
        self._stream.flush()
        self._ends_line = not cleaned or cleaned.endswith("\n")

    def finish(self) -> None:
        """Leave the cursor at the start of a line."""
        if not self._ends_line:
            self._stream.write("\n")
