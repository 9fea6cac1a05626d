"""The HTML templates of this room: whatever is put into one is escaped."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2

_FOLDER = Path(__file__).with_name("templates")


def rendered(template: str, **values: object) -> str:
    """A template of the folder `templates` with these values, each of them as text."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> "jinja2.Environment":
    # Here and not above: a run from the terminal shows no HTML, and loading this takes 50 ms.
    import jinja2  # noqa: PLC0415

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
