"""The Python device as a page of its own: why it failed, the console and the images."""

from studiolo.rendering.pictures import data_url
from studiolo.rendering.templates import rendered
from studiolo.sandbox.exchange.job import PythonDevice


def device_page(
    device: PythonDevice, *, title: str, summary: str, message: str, traceback: str
) -> str:
    """A page that loads nothing: the images are in it.

    Text and drawings come from a script, so text is escaped and drawings are images, which run no
    scripts; the page's policy forbids the rest.

    Args:
        device: What was printed and drawn.
        title: Above everything.
        summary: Below the title.
        message: Why it failed and what to do; empty if it did not.
        traceback: The lines that it failed in, if there are any.
    """
    return rendered(
        "device.html",
        title=title,
        summary=summary,
        message=message,
        traceback=traceback or message,
        console=device.console,
        images=[(image.name, data_url(image)) for image in device.images],
    )
