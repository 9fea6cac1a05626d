"""Calls that NumPy 1.23 and SciPy 1.10 no longer have."""

from typing import Any

import numpy as np

from studiolo_guest.classic import scipy_tests

#: NumPy's functions that SciPy repeated.
_REPEATED = (
    *("array", "zeros", "ones", "arange", "linspace", "mean", "std", "var", "median", "log", "exp"),
    *("sqrt", "sin", "cos", "pi", "dot", "sum", "polyfit", "polyval", "concatenate", "isnan"),
    *("logspace", "where", "vstack", "hstack", "asarray", "nan", "inf", "absolute", "sort"),
)


def adapt_numpy(numpy: Any) -> None:
    """Give NumPy the two functions that it lost before 1.23."""
    numpy.asscalar = lambda a: a.item()
    numpy.rank = numpy.ndim


def adapt_stats(stats: Any) -> None:
    """Give `scipy.stats` what NumPy had as well, or other functions of it."""

    def threshold(a: Any, threshmin: Any = None, threshmax: Any = None, newval: Any = 0) -> Any:
        made = np.array(a)
        outside = np.zeros(made.shape, dtype=bool)
        if threshmin is not None:
            outside |= made < threshmin
        if threshmax is not None:
            outside |= made > threshmax
        made[outside] = newval
        return made

    stats.threshold = threshold
    stats.ss = lambda a, axis=0: np.sum(np.square(a), axis)
    stats.chisqprob = stats.chi2.sf
    stats.itemfreq = lambda a: np.array(np.unique(a, return_counts=True)).T
    stats.nanmean, stats.nanmedian = np.nanmean, np.nanmedian
    stats.nanstd = lambda x, axis=0, bias=False: np.nanstd(x, axis, ddof=0 if bias else 1)
    scipy_tests.adapt(stats)


def adapt_scipy(scipy: Any) -> None:
    """Give SciPy the functions of NumPy that it repeated."""
    for name in _REPEATED:
        if name not in vars(scipy):
            setattr(scipy, name, getattr(np, name))


def adapt_misc(misc: Any) -> None:
    """Give it the functions for images, by Pillow as before, and those of `scipy.special`."""
    from PIL import Image
    from scipy import special

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

    for name in ("comb", "factorial", "factorial2", "factorialk", "logsumexp"):
        setattr(misc, name, getattr(special, name))
    misc.imread, misc.imsave, misc.imresize, misc.toimage = imread, imsave, imresize, toimage
