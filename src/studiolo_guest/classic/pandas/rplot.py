"""`pandas.tools.rplot`, the trellis plots that pandas had until 0.19: layers, scales and a grid."""

import itertools
from typing import Any

import numpy as np


def fill(module: Any) -> None:
    """Give the module its classes."""
    for kind in (RPlot, TrellisGrid, *_LAYERS, *_SCALES):
        setattr(module, kind.__name__, kind)


class RPlot:
    """A plot of a frame: layers are added, and drawn into a figure."""

    def __init__(self, data: Any, x: Any = None, y: Any = None) -> None:
        self.data = data
        self.layers = [_Layer(x=x, y=y)]

    def add(self, layer: "_Layer") -> None:
        """Add a layer, or the grid."""
        self.layers.append(layer)

    def render(self, fig: Any = None) -> Any:
        """Draw all layers; the figure."""
        import matplotlib.pyplot as plt

        fig = plt.gcf() if fig is None else fig
        named: dict[str, Any] = {}
        for layer in self.layers:
            named |= {k: v for k, v in layer.aes.items() if v is not None}
        grid = next((one for one in self.layers[::-1] if isinstance(one, TrellisGrid)), None)
        cells = [((), self.data)] if grid is None else grid.cells(self.data)
        rows, columns = (1, 1) if grid is None else grid.shape(self.data)
        first = None
        for place, (labels, part) in enumerate(cells, start=1):
            axes = fig.add_subplot(rows, columns, place, sharex=first, sharey=first)
            first = first or axes
            for layer in self.layers:
                layer.draw(axes, part, self.data, {**named, **_given(layer.aes)})
            if labels:
                axes.set_title("\n".join(labels), fontsize="small")
            if place > (rows - 1) * columns:
                axes.set_xlabel(named.get("x", ""))
            if place % columns == 1 or columns == 1:
                axes.set_ylabel(named.get("y") or "")
        return fig


class _Layer:
    """A part of a plot; draws nothing itself."""

    def __init__(self, **aes: Any) -> None:
        self.aes = aes

    def draw(self, axes: Any, part: Any, whole: Any, aes: dict[str, Any]) -> None:
        """Draw the rows of one cell of the grid."""


class TrellisGrid(_Layer):
    """A grid with a cell for each pair of values of two columns; "." stands for no column."""

    def __init__(self, by: Any) -> None:
        super().__init__()
        if len(by) != 2:
            raise ValueError("You must give a list of length 2 to group by")
        if list(by) == [".", "."]:
            raise ValueError("At least one of grouping attributes must be not a dot")
        self.by = by

    def _values(self, data: Any) -> list[Any]:
        return [[None] if name == "." else sorted(data[name].unique()) for name in self.by]

    def shape(self, data: Any) -> tuple[int, int]:
        """Rows and columns of the grid."""
        rows, columns = self._values(data)
        return len(rows), len(columns)

    def cells(self, data: Any) -> Any:
        """The labels and the rows of each cell."""
        for pair in itertools.product(*self._values(data)):
            chosen = np.ones(len(data), dtype=bool)
            labels = []
            for name, value in zip(self.by, pair, strict=True):
                if name != ".":
                    chosen &= (data[name] == value).to_numpy()
                    labels.append(f"{name} = {value}")
            yield labels, data[chosen]


class GeomPoint(_Layer):
    """A point for each row, with scales for colour, size and shape."""

    def __init__(
        self,
        x: Any = None,
        y: Any = None,
        marker: str = "o",
        colour: Any = "grey",
        size: Any = 20,
        alpha: float = 1.0,
        shape: Any = None,
    ) -> None:
        super().__init__(
            x=x, y=y, marker=marker, colour=colour, size=size, alpha=alpha, shape=shape
        )

    def draw(self, axes: Any, part: Any, whole: Any, aes: dict[str, Any]) -> None:
        """Draw the points."""
        x, y = part[aes["x"]].to_numpy(), part[aes["y"]].to_numpy()
        marks = _each(aes.get("shape"), part, whole, default=aes["marker"])
        colours = _each(aes["colour"], part, whole)
        sizes = _each(aes["size"], part, whole)
        for row in range(len(part)):
            axes.scatter(
                x[row],
                y[row],
                marker=marks[row],
                color=colours[row],
                s=sizes[row],
                alpha=aes["alpha"],
            )


class GeomScatter(_Layer):
    """A point for each row, all alike."""

    def __init__(self, marker: str = "o", colour: Any = "lightblue", alpha: float = 1.0) -> None:
        super().__init__(marker=marker, colour=colour, alpha=alpha)

    def draw(self, axes: Any, part: Any, whole: Any, aes: dict[str, Any]) -> None:
        """Draw the points."""
        axes.scatter(
            part[aes["x"]],
            part[aes["y"]],
            marker=aes["marker"],
            c=aes["colour"],
            alpha=aes["alpha"],
        )


class GeomHistogram(_Layer):
    """A histogram of x."""

    def __init__(self, bins: int = 10, colour: Any = "lightblue") -> None:
        super().__init__(bins=bins, colour=colour)

    def draw(self, axes: Any, part: Any, whole: Any, aes: dict[str, Any]) -> None:
        """Draw the bars."""
        axes.hist(part[aes["x"]].dropna(), bins=aes["bins"], facecolor=aes["colour"])


class GeomDensity(_Layer):
    """A density of x, by a Gaussian kernel."""

    def draw(self, axes: Any, part: Any, whole: Any, aes: dict[str, Any]) -> None:
        """Draw the curve."""
        from scipy.stats import gaussian_kde

        values = part[aes["x"]].dropna().to_numpy(float)
        if len(np.unique(values)) < 2:
            return
        low, high = values.min(), values.max()
        places = np.arange(low, high, (high - low) / 1000.0)
        axes.plot(places, gaussian_kde(values)(places))


class GeomDensity2D(_Layer):
    """A density of x and y, as contours."""

    def draw(self, axes: Any, part: Any, whole: Any, aes: dict[str, Any]) -> None:
        """Draw the contours."""
        from scipy.stats import gaussian_kde

        pairs = part[[aes["x"], aes["y"]]].dropna().to_numpy(float).T
        if pairs.shape[1] < 3:
            return
        x, y = (np.linspace(values.min(), values.max(), 100) for values in pairs)
        grid = np.meshgrid(x, y)
        height = gaussian_kde(pairs)(np.vstack([one.ravel() for one in grid]))
        axes.contour(*grid, height.reshape(grid[0].shape))


class GeomPolyFit(_Layer):
    """A polynomial that is fitted to the points."""

    def __init__(self, degree: int, lw: float = 2.0, colour: Any = "grey") -> None:
        super().__init__(degree=degree, lw=lw, colour=colour)

    def draw(self, axes: Any, part: Any, whole: Any, aes: dict[str, Any]) -> None:
        """Draw the curve."""
        pairs = part[[aes["x"], aes["y"]]].dropna().to_numpy(float)
        if len(pairs) <= aes["degree"]:
            return
        fitted = np.poly1d(np.polyfit(pairs[:, 0], pairs[:, 1], aes["degree"]))
        places = np.linspace(pairs[:, 0].min(), pairs[:, 0].max(), 100)
        axes.plot(places, fitted(places), lw=aes["lw"], color=aes["colour"])


class _Scale:
    """A value for each row, by a column."""

    def __init__(self, column: Any) -> None:
        self.column = column

    def of(self, part: Any, whole: Any) -> Any:
        """The values of the rows of a part."""
        raise NotImplementedError


class ScaleGradient(_Scale):
    """A colour between two, each as red, green and blue from 0 to 1."""

    def __init__(self, column: Any, colour1: Any, colour2: Any) -> None:
        super().__init__(column)
        self.colour1, self.colour2 = np.array(colour1), np.array(colour2)

    def of(self, part: Any, whole: Any) -> Any:
        """The colours."""
        share = _shares(part[self.column], whole[self.column])
        return [tuple(self.colour1 + (self.colour2 - self.colour1) * one) for one in share]


class ScaleSize(_Scale):
    """A size in points squared between two."""

    def __init__(
        self, column: Any, min_size: float = 5.0, max_size: float = 100.0, transform: Any = None
    ) -> None:
        super().__init__(column)
        self.low, self.high, self.transform = min_size, max_size, transform or (lambda x: x)

    def of(self, part: Any, whole: Any) -> Any:
        """The sizes."""
        share = _shares(part[self.column], whole[self.column])
        return [self.transform(self.low + one * (self.high - self.low)) for one in share]


class ScaleShape(_Scale):
    """A marker for each value of a column."""

    def of(self, part: Any, whole: Any) -> Any:
        """The markers."""
        shapes = ["o", "+", "s", "*", "^", "<", ">", "v", "|", "x"]
        values = sorted(set(whole[self.column]))
        if len(values) > len(shapes):
            raise ValueError("Too many different values of the categorical attribute")
        return [shapes[values.index(value)] for value in part[self.column]]


class ScaleRandomColour(_Scale):
    """A colour for each value of a column."""

    def of(self, part: Any, whole: Any) -> Any:
        """The colours."""
        values = sorted(set(whole[self.column]))
        colours = {
            value: tuple(np.random.RandomState(seed).uniform(0, 1, 3))
            for seed, value in enumerate(values)
        }
        return [colours[value] for value in part[self.column]]


def _each(asked: Any, part: Any, whole: Any, *, default: Any = None) -> Any:
    """The value for each row: by a scale, or the same for all."""
    if isinstance(asked, _Scale):
        return asked.of(part, whole)
    return [default if asked is None else asked] * len(part)


def _shares(values: Any, whole: Any) -> Any:
    """The places of values between the smallest and the largest, from 0 to 1."""
    low, high = whole.min(), whole.max()
    return (values - low) / ((high - low) or 1)


def _given(aes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in aes.items() if value is not None or name == "shape"}


_LAYERS = (GeomPoint, GeomScatter, GeomHistogram, GeomDensity, GeomDensity2D, GeomPolyFit)
_SCALES = (ScaleGradient, ScaleSize, ScaleShape, ScaleRandomColour)
