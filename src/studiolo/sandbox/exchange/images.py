"""The pictures that a script left in its working directory."""

import io
import os
import stat
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from studiolo.sandbox.exchange.drawings import why_not_svg
from studiolo.sandbox.exchange.job import Image
from studiolo.sandbox.policy.policy import Limits

_RASTER = {
    ".png": ("PNG", "image/png"),
    ".jpg": ("JPEG", "image/jpeg"),
    ".jpeg": ("JPEG", "image/jpeg"),
}
_SVG = "image/svg+xml"
_SUFFIXES = (*_RASTER, ".svg")
#: Files and folders that are looked at, and folders whose images are kept: more than any script of
#: good will leaves, and fewer than a process may have open.
_ENTRIES = 2_000
_MOST_FOLDERS = 200
#: Bytes that are read, as a multiple of those that are kept: some files turn out not to be images.
_READ = 4
#: Parts of a picture, each of which costs the decoder as much as a thousand bytes.
_PARTS = 50_000
#: Lines about images that were left out.
_NOTES = 20
_DEPTH = 4
#: The bundle's own pictures are not what the script drew.
_BUNDLE = "Script Bundle"
_START_OF_SCAN = 0xDA
_SAFE_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@dataclass(frozen=True, kw_only=True)
class _Found:
    changed: int
    number: int
    name: str
    #: Of `_RASTER`, or `.svg`.
    suffix: str
    folder: int
    size: int


def collect_images(
    directory: int, limits: Limits, go_on: Callable[[], None] = lambda: None
) -> tuple[list[Image], list[str]]:
    """The images below ``directory``, oldest first, and a line for each one that was left out.

    ``directory`` is where a script ran that may have been hostile: nothing but plain files is
    opened, links are never followed, and what a file claims is checked before it counts.
    ``go_on`` is called now and then, and raises what is to end the work.
    """
    images: list[Image] = []
    left_out: list[str] = []
    room = limits.image_bytes
    unread = _READ * limits.image_bytes
    with _Folders() as folders:
        found = sorted(folders.walk(directory), key=lambda f: (f.changed, f.number))
        notes = folders.left_out
        rest = []
        for file in found:
            if len(images) == limits.images:
                kept = f"Only the first {limits.images}" if limits.images else "No more"
                rest.append(f"{kept} images are kept.")
                break
            if unread < 0:
                rest.append("The script left so much that not all of it was searched for images.")
                break
            go_on()
            if file.size > room:
                left_out.append(
                    f"The image {file.name!r} is left out: all images of a run may have "
                    f"{limits.image_bytes:,} bytes together."
                )
                continue
            content = _read(file)
            unread -= len(content)
            media_type, why = _examine(file, content, limits)
            if media_type is None:
                left_out.append(f"The image {file.name!r} is left out: {why}.")
                continue
            room -= len(content)
            images.append(Image(name=file.name, media_type=media_type, content=content))
    if len(left_out) > _NOTES:
        rest.append(f"{len(left_out) - _NOTES:,} more images are left out.")
    return images, [*notes, *left_out[:_NOTES], *rest]


class _Folders:
    """Walks a directory tree by descriptors, so that no path is resolved twice."""

    def __init__(self) -> None:
        self._open: list[int] = []
        self._entries = 0
        self._skipped = 0

    @property
    def left_out(self) -> list[str]:
        """A line for each bound that kept the walk from seeing everything."""
        lines = []
        if self._entries > _ENTRIES:
            lines.append(
                f"The script left more than {_ENTRIES:,} files and folders: only the first "
                f"{_ENTRIES:,} were searched for images."
            )
        if self._skipped:
            lines.append(
                f"The script left images in {len(self._open) + self._skipped:,} folders: those in "
                f"{_MOST_FOLDERS} of them are kept."
            )
        return lines

    def __enter__(self) -> "_Folders":
        return self

    def __exit__(self, *_: object) -> None:
        for descriptor in self._open:
            os.close(descriptor)

    def walk(self, folder: int, prefix: str = "", depth: int = _DEPTH) -> Iterator[_Found]:
        try:
            listing = os.scandir(folder)
        except OSError:
            return
        with listing as entries:
            for entry in entries:
                self._entries += 1
                if self._entries > _ENTRIES:
                    return
                name = prefix + entry.name
                suffix = next((s for s in _SUFFIXES if entry.name.lower().endswith(s)), None)
                if entry.is_dir(follow_symlinks=False):
                    if depth and not entry.name.startswith(".") and name != _BUNDLE:
                        yield from self._enter(folder, entry.name, name, depth)
                elif suffix is not None and (status := _status(entry)) is not None:
                    yield _Found(
                        changed=status.st_mtime_ns,
                        number=status.st_ino,
                        name=name,
                        suffix=suffix,
                        folder=folder,
                        size=status.st_size,
                    )

    def _enter(self, folder: int, own: str, name: str, depth: int) -> Iterator[_Found]:
        try:
            inner = os.open(own, _SAFE_OPEN | os.O_DIRECTORY, dir_fd=folder)
        except OSError:
            return
        found = list(self.walk(inner, f"{name}/", depth - 1))
        if not any(file.folder == inner for file in found):
            os.close(inner)
        elif len(self._open) < _MOST_FOLDERS:
            self._open.append(inner)
        else:
            self._skipped += 1
            os.close(inner)
            found = [file for file in found if file.folder != inner]
        yield from found


def _status(entry: "os.DirEntry[str]") -> os.stat_result | None:
    """The status of a plain file; None for any other, and for one that is gone by now."""
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def _read(file: _Found) -> bytes:
    try:
        descriptor = os.open(file.name.rpartition("/")[2], _SAFE_OPEN, dir_fd=file.folder)
    except OSError:
        return b""
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return b""
        return os.pread(descriptor, file.size, 0)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _examine(file: _Found, content: bytes, limits: Limits) -> tuple[str | None, str]:
    """The media type, or None and why the file does not count as an image."""
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in file.name):
        # Control characters, and bytes that are not text: neither can go into a report or a page.
        return None, "its name has characters that can't be shown"
    if file.suffix == ".svg":
        why = why_not_svg(content)
        return (None, why) if why else (_SVG, "")
    kind, media_type = _RASTER[file.suffix]
    if (_has_many_jpeg_parts if kind == "JPEG" else _has_many_png_parts)(content):
        return None, f"it has more than {_PARTS:,} parts"
    # Most runs draw nothing, and need not wait for it.
    from PIL import Image as PillowImage  # noqa: PLC0415

    # Pillow has such a limit, too, which it reports without the size.
    PillowImage.MAX_IMAGE_PIXELS = None
    try:
        with PillowImage.open(io.BytesIO(content), formats=[kind]) as image:
            width, height = image.size
            if width * height > limits.image_pixels:
                return None, f"{width} by {height} are more than {limits.image_pixels:,} pixels"
            image.verify()
    except Exception:  # noqa: BLE001  # decoders fail in many ways on hostile bytes
        # Not the decoder's own words, which tell addresses of this process.
        return None, f"it is not a valid {kind} file"
    return media_type, ""


def _has_many_png_parts(content: bytes) -> bool:
    position = 8
    for _ in range(_PARTS):
        length = content[position : position + 4]
        if len(length) < 4:
            return False
        position += 12 + int.from_bytes(length, "big")
    return True


def _has_many_jpeg_parts(content: bytes) -> bool:
    """Before its picture begins; padding counts as well."""
    position = 2
    for _ in range(_PARTS):
        if len(content) < position + 4 or content[position + 1] == _START_OF_SCAN:
            return False
        filled = content[position + 1] in {0x00, 0xFF}
        position += 1 if filled else 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    return True
