"""A terminal, or whatever else a command's words go to."""

import os
import sys
from collections.abc import Iterable
from typing import TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from studiolo.rendering.plain_text import printable


class Terminal(Console):
    """Prints to one stream, and stops silently once its reader is gone (`| head`).

    Names and texts come from files and scripts. Whatever they contain is shown as text: no markup
    colours them or makes links of them, and no escape sequence of theirs reaches the terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(file=stream, highlight=False, markup=False, emoji=False)
        self._stream = stream

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """The text to print, in pieces: Rich's control codes, and text that can't contain any."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(printable(segment.text), segment.style)

    def say(self, text: Text) -> None:
        """Print sentences: wrapped where a person reads them, whole lines in a file or a pipe."""
        self.print(text, soft_wrap=not self.is_terminal)

    def on_broken_pipe(self) -> None:
        """Go on without it: the command ends with the exit code that it would have had."""
        self.quiet = True
        silence(self._stream)


def write_document(text: str) -> None:
    """Write a JSON document to the standard output, whatever a terminal's encoding is."""
    try:
        # Half a surrogate pair, which a script can make, becomes the escape that JSON has for it.
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        silence(sys.stdout)


def silence(stream: TextIO) -> None:
    """Send the rest of a stream nowhere, so that Python's last flush does not fail either."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
