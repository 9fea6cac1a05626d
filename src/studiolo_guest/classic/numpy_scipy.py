"""Calls that SciPy 1.10 no longer has; NumPy 1.23 has all of its own."""

from typing import Any

import numpy as np

#: NumPy's functions that SciPy repeated.
_REPEATED = (
    *("array", "zeros", "ones", "arange", "linspace", "mean", "std", "var", "median", "log", "exp"),
    *("sqrt", "sin", "cos", "pi", "dot", "sum", "polyfit", "polyval", "concatenate", "isnan"),
    *("logspace", "where", "vstack", "hstack", "asarray", "nan", "inf", "absolute", "sort"),
)


def adapt_scipy(scipy: Any) -> None:
    """Give SciPy the functions of NumPy that it repeated."""
    for name in _REPEATED:
        if name not in vars(scipy):
            setattr(scipy, name, getattr(np, name))


def adapt_misc(misc: Any) -> None:
    """Give it the functions for images, by Pillow as before."""
    from PIL import Image

    def toimage(arr: Any, *_: Any, cmin: Any = None, cmax: Any = None, **__: Any) -> Any:
        values = np.asarray(arr)
        if values.dtype == np.uint8:
            return Image.fromarray(values)
        low = values.min() if cmin is None else cmin
        high = values.max() if cmax is None else cmax
        scale = 255.0 / ((high - low) or 1)
        return Image.fromarray(np.clip((values - low) * scale + 0.5, 0, 255).astype(np.uint8))

    def imread(name: Any, flatten: bool = False, mode: str | None = None) -> Any:
        with Image.open(name) as opened:
            image: Any = opened
            if mode is not None:
                image = image.convert(mode)
            elif image.mode == "P":
                image = image.convert("RGBA" if "transparency" in image.info else "RGB")
            if flatten:
                image = image.convert("F")
            return np.array(image)

    def imsave(name: Any, arr: Any, format: str | None = None) -> None:  # noqa: A002  # its name
        toimage(arr).save(name, format)

    def imresize(arr: Any, size: Any, interp: str = "bilinear", mode: Any = None) -> Any:
        image = toimage(arr) if mode is None else toimage(arr).convert(mode)
        if isinstance(size, tuple):
            height, width = size
        else:
            part = size / 100.0 if isinstance(size, int) else size
            width, height = (np.array(image.size) * part).astype(int)
        kind = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "cubic": 3}[interp]
        return np.array(image.resize((int(width), int(height)), resample=kind))

    misc.imread, misc.imsave, misc.imresize, misc.toimage = imread, imsave, imresize, toimage
