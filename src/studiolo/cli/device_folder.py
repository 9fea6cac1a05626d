"""The Python device as a folder: the console, the images, and a page that shows both."""

import os
from collections.abc import Collection
from pathlib import Path

from studiolo.cli.errors import DeviceFolderError
from studiolo.cli.remedies import message_with_advice
from studiolo.files.inside import leads_out
from studiolo.files.whole_file import replacing
from studiolo.rendering.device_page import device_page
from studiolo.runs.scripts.script_result import ScriptResult
from studiolo.sandbox.exchange.job import Failure, PythonDevice

_CONSOLE_FILE = "console.txt"
_PAGE_FILE = "index.html"


def check_device_folder(folder: Path) -> None:
    """Find out before a script runs for nothing whether the folder can be made and written to.

    Raises:
        DeviceFolderError: It can't.
    """
    path = folder.absolute()
    nearest = next(place for place in (path, *path.parents) if place.exists())
    if not nearest.is_dir():
        reason = "this is a file, not a folder"
    elif not os.access(nearest, os.W_OK | os.X_OK):
        reason = "permission denied"
    else:
        return
    raise DeviceFolderError(folder=str(folder), file=str(nearest), reason=reason)


def write_device(result: ScriptResult, script: str, folder: Path) -> None:
    """Write console.txt, the images under their own names, and index.html.

    Raises:
        DeviceFolderError: The folder can't be written to.
    """
    summary = f"{result.status.value.capitalize()} in {result.timings.total:.2f} s."
    write_device_page(
        result.device, result.failure, folder, of_node=False, title=script, summary=summary
    )


def write_device_page(
    device: PythonDevice,
    failure: Failure | None,
    folder: Path,
    *,
    of_node: bool,
    title: str,
    summary: str,
) -> None:
    """The same for a device that was kept; ``title`` and ``summary`` are shown above it.

    Raises:
        DeviceFolderError: The folder can't be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / _CONSOLE_FILE, folder, _bytes(device.console))
        names = {image.name for image in device.images}
        for image in device.images:
            _write(folder / _file_name(image.name, names), folder, image.content)
        page = device_page(
            device,
            title=title,
            summary=summary,
            message="" if failure is None else message_with_advice(failure, of_node=of_node),
            traceback="" if failure is None else failure.traceback,
        )
        _write(folder / _PAGE_FILE, folder, _bytes(page))
    except OSError as error:
        raise DeviceFolderError(
            folder=str(folder), file=str(error.filename or folder), reason=error.strerror or ""
        ) from error


def _write(path: Path, folder: Path, content: bytes) -> None:
    """Write a file, whose name a script chose, unless a link in it leads out of the folder.

    It is written as a whole or not at all.
    """
    if leads_out(path, folder):
        reason = "a symbolic link leads out of the folder"
        raise DeviceFolderError(folder=str(folder), file=str(path), reason=reason)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as sink:
        sink.write(content)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _file_name(name: str, taken: Collection[str]) -> str:
    """An image's own name, unless a folder of its would be in the way of our own two files."""
    if name.partition("/")[0] not in {_CONSOLE_FILE, _PAGE_FILE}:
        return name
    name = f"_{name}"
    while name in taken:
        name = f"_{name}"
    return name
