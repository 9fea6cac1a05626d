"""UTF-8, which every text format is in, and what a file looks like that is not."""

import codecs
import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from studiolo.datasets.arrow import bytes_of
from studiolo.datasets.formats import Content
from studiolo.datasets.formats.errors import (
    ENCODINGS,
    EncodingError,
    FileNotParsedError,
    NulByteError,
)

#: Some editors write it before UTF-8 text; it is not part of the text.
UTF8_MARK = codecs.BOM_UTF8

_LF, _CR = b"\n\r"
#: Small enough to stay in the processor's cache; many of them are one task, for threads to be worth
#: their while.
_PIECE = 1 << 18
_PART = 32 * _PIECE
#: Bytes before a place that are shown with it.
_AROUND = 10
_NEWLINE = re.compile(r"\r\n|\r|\n")

_DOS_END = b"\x1a"

#: Byte order marks of the encodings that are refused, longest first.
_OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def text_lines(content: Content) -> list[str]:
    """The lines of a text file without their line breaks (LF, CRLF or CR).

    Raises:
        FileNotParsedError: The file is not UTF-8 text.
    """
    data = without_end_mark(content.data).to_pybytes()
    fault = find_encoding_fault(data, file=content.name)
    if fault is not None:
        raise fault
    lines = _NEWLINE.split(data[text_start(content.data) :].decode())
    return lines[:-1] if lines[-1] == "" else lines


def without_end_mark(data: pa.Buffer) -> pa.Buffer:
    """The text without the Ctrl-Z that programs of DOS leave at its end."""
    size = data.size
    while size and data.slice(size - 1, 1).to_pybytes() == _DOS_END:
        size -= 1
    return data.slice(0, size)


def text_start(data: pa.Buffer) -> int:
    """Where the text begins: after the byte order mark, if there is one."""
    beginning = data.slice(0, min(len(UTF8_MARK), data.size)).to_pybytes()
    return len(UTF8_MARK) if beginning == UTF8_MARK else 0


def find_encoding_fault(data: bytes, *, file: str) -> FileNotParsedError | None:
    """Find the first byte that is not UTF-8."""
    for mark, name in _OTHER_MARKS:
        if data.startswith(mark):
            return EncodingError(file=file, line=1, offset=0, found=mark, candidates={name: ""})
    nul = data.find(b"\0")
    if nul >= 0:
        # Every other byte of Western text in UTF-16 is NUL.
        likely = "utf-16" if data[:4096].count(b"\0") * 3 > len(data[:4096]) else None
        return NulByteError(file=file, line=line_of(data, nul), offset=nul, likely=likely)
    try:
        codecs.utf_8_decode(data, "strict", True)
    except UnicodeDecodeError as error:
        return EncodingError(
            file=file,
            line=line_of(data, error.start),
            offset=error.start,
            found=data[error.start : error.end],
            candidates=_candidates(data, error.start),
        )
    return None


def _candidates(data: bytes, offset: int) -> dict[str, str]:
    """The encodings that the whole text can be in, with what each makes of a place in it."""
    found = {}
    start = 1 + max(data.rfind(b"\n", 0, offset), data.rfind(b"\r", 0, offset), offset - _AROUND)
    for name in ENCODINGS:
        if name.startswith("utf"):  # they are told by their marks or their zeros
            continue
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        place = len(data[:start].decode(name, "replace"))
        line = _NEWLINE.split(text[place : place + 2 * _AROUND], maxsplit=1)[0]
        if line.replace("\t", " ").isprintable():
            found[name] = line
    return found


def line_of(data: bytes, offset: int) -> int:
    """The line, from 1, of a byte."""
    return line_breaks(data[:offset]) + 1


def line_breaks(data: bytes) -> int:
    """How many lines end in a piece of text."""
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def line_count(data: pa.Buffer) -> int:
    """How many lines a text that is not empty has, blank ones too."""
    codes = bytes_of(data)
    parts = [codes[start : start + _PART + 1] for start in range(0, len(codes), _PART)]
    if len(parts) == 1:
        breaks = _breaks_in_part(parts[0])
    else:
        with ThreadPoolExecutor(pa.cpu_count()) as pool:
            breaks = sum(pool.map(_breaks_in_part, parts))
    return breaks + (int(codes[-1]) not in b"\r\n")


def _breaks_in_part(part: npt.NDArray[np.uint8]) -> int:
    # Each piece has the first byte of the next, to see CR and LF together, and so has each part.
    own = min(len(part), _PART)
    return sum(_breaks_in(part[start : start + _PIECE + 1]) for start in range(0, own, _PIECE))


def _breaks_in(piece: npt.NDArray[np.uint8]) -> int:
    feeds, returns = piece == _LF, piece == _CR
    own = slice(0, _PIECE)
    breaks = np.count_nonzero(feeds[own])
    if returns.any():
        both = np.count_nonzero(returns[:-1] & feeds[1:])
        breaks += np.count_nonzero(returns[own]) - both
    return int(breaks)
