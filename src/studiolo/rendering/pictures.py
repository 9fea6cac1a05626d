"""Pictures that scripts drew, as parts of a page."""

import base64
from typing import Final

from studiolo.sandbox.exchange.job import Image

_SIGNATURES: Final = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


def data_url(image: Image) -> str:
    """The picture as an address that holds all of it."""
    return f"data:{image.media_type};base64,{base64.b64encode(image.content).decode('ascii')}"


def is_inert(image: Image) -> bool:
    """Whether it is a PNG or a JPEG by its bytes: an SVG could hold a script."""
    signature = _SIGNATURES.get(image.media_type)
    return signature is not None and image.content.startswith(signature)
