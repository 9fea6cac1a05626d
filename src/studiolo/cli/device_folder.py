"""The Python device as a folder: the console, the images, and a page that shows both."""

import base64
import html
import os
from collections.abc import Collection
from pathlib import Path

from studiolo.cli.errors import DeviceFolderError
from studiolo.cli.remedies import message_with_advice
from studiolo.files.inside import leads_out
from studiolo.runs.script_result import ScriptResult
from studiolo.sandbox.job import Failure, PythonDevice

_CONSOLE_FILE = "console.txt"
_PAGE_FILE = "index.html"
_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
 :root {{ color-scheme: light dark; --line: #d9dce1; --quiet: #6b7280; --ground: #f7f7f5 }}
 @media (prefers-color-scheme: dark) {{
  :root {{ --line: #3a3f47; --quiet: #9aa3af; --ground: #1f2226 }} }}
 body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 3rem auto;
  padding: 0 1.5rem }}
 h1 {{ font-size: 1.4rem; font-weight: 600; margin: 0 }}
 h2 {{ font-size: 1rem; font-weight: 600; margin: 2.5rem 0 .75rem }}
 p, figcaption {{ color: var(--quiet); margin: .25rem 0 }}
 pre {{ background: var(--ground); border: 1px solid var(--line); border-radius: 6px;
  padding: 1rem; overflow-x: auto; font: 13px/1.5 ui-monospace, monospace }}
 figure {{ margin: 0 0 2rem }}
 img {{ max-width: 100%; background: #fff; border: 1px solid var(--line); border-radius: 6px }}
</style>
<h1>{title}</h1>
<p>{summary}</p>
{body}
</html>
"""


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
    """The same for a device that was kept; ``title`` and ``summary`` stand above it.

    Raises:
        DeviceFolderError: The folder can't be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _writable(folder / _CONSOLE_FILE, folder).write_text(device.console, encoding="utf-8")
        names = {image.name for image in device.images}
        for image in device.images:
            path = _writable(folder / _file_name(image.name, names), folder)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(image.content)
        error = None if failure is None else _error(failure, of_node=of_node)
        page = _page(device, error, title=title, summary=summary)
        page_file = _writable(folder / _PAGE_FILE, folder)
        page_file.write_bytes(page.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise DeviceFolderError(
            folder=str(folder), file=str(error.filename or folder), reason=error.strerror or ""
        ) from error


def _writable(path: Path, folder: Path) -> Path:
    """The path, whose name a script chose, unless a link in it leads out of the folder."""
    if leads_out(path, folder):
        reason = "a symbolic link leads out of the folder"
        raise DeviceFolderError(folder=str(folder), file=str(path), reason=reason)
    return path


def _file_name(name: str, taken: Collection[str]) -> str:
    """An image's own name, unless a folder of its would be in the way of our own two files."""
    if name.partition("/")[0] not in {_CONSOLE_FILE, _PAGE_FILE}:
        return name
    name = f"_{name}"
    while name in taken:
        name = f"_{name}"
    return name


def _error(failure: Failure, *, of_node: bool) -> str:
    message = message_with_advice(failure, of_node=of_node)
    trace = html.escape(failure.traceback or message)
    return f"<h2>Error</h2>\n<p>{html.escape(message)}</p>\n<pre>{trace}</pre>"


def _page(device: PythonDevice, error: str | None, *, title: str, summary: str) -> str:
    """A page of its own: the images are in it, and nothing in it can run or load anything.

    Text and drawings come from a script, so text is escaped and drawings are images, which run no
    scripts; the page's policy forbids the rest.
    """
    parts = [] if error is None else [error]
    if device.console:
        parts += ["<h2>Console</h2>", f"<pre>{html.escape(device.console)}</pre>"]
    if device.images:
        parts.append("<h2>Images</h2>")
    for image in device.images:
        data = base64.b64encode(image.content).decode()
        name = html.escape(image.name)
        parts.append(
            f'<figure><img alt="{name}" src="data:{image.media_type};base64,{data}">'
            f"<figcaption>{name}</figcaption></figure>"
        )
    return _PAGE.format(
        title=html.escape(title), summary=html.escape(summary), body="\n".join(parts)
    )
