"""Calls that the classic studio's other libraries no longer have."""

from typing import Final

from studiolo.old_code.retired_call import (
    Attribute,
    Effect,
    Idiom,
    Keyword,
    Path,
    RetiredCall,
    attribute_error,
    path_error,
)

_ALIASES = ("float", "int", "object", "str", "unicode", "complex")
_RENAMED = ("NaN", "Inf", "infty", "float_", "complex_", "unicode_", "string_")
_GONE = (
    *("product", "cumproduct", "alltrue", "sometrue", "row_stack", "asscalar", "in1d", "trapz"),
    "rank",
)
_NAMED_TODAY = ("nan", "inf", "inf", "float64", "complex128", "str_", "bytes_")
_REPLACED = (
    *(("product", "prod"), ("cumproduct", "cumprod"), ("alltrue", "all"), ("sometrue", "any")),
    *(("row_stack", "vstack"), ("in1d", "isin"), ("trapz", "trapezoid"), ("rank", "ndim")),
)
_NUMPY_IN_SCIPY = ("array", "zeros", "ones", "arange", "linspace", "mean", "log", "exp", "sqrt")
_COLOURS = {"spectral": "nipy_spectral", "Vega10": "tab10", "Vega20": "tab20"}
_SPECIAL = ("comb", "factorial", "factorial2", "factorialk", "logsumexp")
_STATISTICS = (
    *("ss", "chisqprob", "threshold", "itemfreq", "nanmean", "nanmedian", "nanstd", "binom_test"),
)
_IMAGES = ("imread", "imsave", "imresize", "imshow", "toimage")

PLOTTING: Final[tuple[RetiredCall, ...]] = (
    RetiredCall(
        shape=Attribute(names=("plot_date",)),
        old="plt.plot_date(times.index, times['a'])",
        today="`plt.plot(times.index, times['a'], 'o')`",
        errors=(path_error("matplotlib.pyplot", "plot_date"), attribute_error("plot_date")),
    ),
    RetiredCall(
        shape=Keyword(functions=("plot",), names=("axes",)),
        old="plt.plot([1, 2], axes=plt.gca())",
        today="`axes.plot([1, 2])`",
        errors=(r"got multiple values for argument 'axes'", r"Can not reset the axes"),
    ),
    RetiredCall(
        shape=Keyword(functions=("hist", "histogram", "histogram2d"), names=("normed",)),
        old="plt.hist([1, 2], normed=True)",
        today="`plt.hist([1, 2], density=True)`",
        errors=(r"unexpected keyword argument 'normed'",),
        renames=(("normed", "density"),),
    ),
    RetiredCall(
        shape=Keyword(functions=("subplot", "axes", "add_subplot"), names=("axisbg",)),
        old="plt.subplot(111, axisbg='white')",
        today="`facecolor='white'`",
        errors=(r"unexpected keyword argument 'axisbg'",),
        renames=(("axisbg", "facecolor"),),
    ),
    RetiredCall(
        shape=Attribute(names=("set_axis_bgcolor", "get_axis_bgcolor")),
        old="plt.gca().set_axis_bgcolor('white')",
        today="`.set_facecolor('white')`",
        errors=(attribute_error("set_axis_bgcolor", "get_axis_bgcolor"),),
        renames=(("set_axis_bgcolor", "set_facecolor"), ("get_axis_bgcolor", "get_facecolor")),
    ),
    # Of other objects it is an ordinary name.
    RetiredCall(
        shape=Path(names=("matplotlib.pyplot.hold",)),
        old="import matplotlib.pyplot as plt; plt.hold(True)",
        today="nothing: plots are always added to what is there",
        errors=(path_error("matplotlib.pyplot", "hold"), attribute_error("hold", of=r"Axes\w*")),
    ),
    RetiredCall(
        shape=Path(names=("matplotlib.finance", "matplotlib.mlab")),
        old="from matplotlib.finance import candlestick_ohlc",
        today="the library mplfinance; numpy and scipy for what mlab calculated",
        errors=(r"No module named 'matplotlib\.finance",),
        lost="finance is a library of its own today; mlab has `normpdf`, `frange`, `prctile`.",
    ),
    RetiredCall(
        shape=Attribute(names=("set_color_cycle",)),
        old="plt.gca().set_color_cycle(['red'])",
        today="`.set_prop_cycle(color=['red'])`",
        errors=(attribute_error("set_color_cycle"),),
    ),
    RetiredCall(
        shape=Keyword(functions=("bar",), names=("left",)),
        old="plt.bar(left=[1, 2], height=[3, 4])",
        today="`x=[1, 2]`",
        errors=(r"bar\(\) missing 1 required positional argument: 'x'",),
        renames=(("left", "x"),),
    ),
    RetiredCall(
        shape=Path(names=tuple(f"matplotlib.pyplot.cm.{name}" for name in _COLOURS)),
        old="plt.cm.spectral",
        today="`plt.cm.nipy_spectral`, `plt.cm.tab10`, `plt.cm.tab20`",
        errors=(path_error("matplotlib.cm", *_COLOURS),),
        renames=tuple(
            (f"matplotlib.pyplot.cm.{old}", f"matplotlib.pyplot.cm.{new}")
            for old, new in _COLOURS.items()
        ),
    ),
)

NUMERIC: Final[tuple[RetiredCall, ...]] = (
    RetiredCall(
        shape=Path(names=tuple(f"numpy.{name}" for name in _ALIASES)),
        old="np.float(1)",
        today="Python's own `float`, `int`, `bool`, `object`, `str`",
        errors=(path_error("numpy", *_ALIASES),),
        renames=tuple((f"numpy.{n}", {"unicode": "str"}.get(n, n)) for n in _ALIASES),
    ),
    RetiredCall(
        shape=Path(names=tuple(f"numpy.{name}" for name in _RENAMED)),
        old="np.NaN",
        today="`np.nan`, `np.inf`, `np.float64`, `np.complex128`, `np.str_`, `np.bytes_`",
        errors=(r"`np\.\w+` was removed in the NumPy 2\.0", path_error("numpy", *_RENAMED)),
        renames=tuple(
            (f"numpy.{n}", f"numpy.{t}") for n, t in zip(_RENAMED, _NAMED_TODAY, strict=True)
        ),
    ),
    RetiredCall(
        shape=Path(names=tuple(f"numpy.{name}" for name in _GONE)),
        old="np.product([1, 2])",
        today="`np.prod`, `np.cumprod`, `np.all`, `np.any`, `np.vstack`, `x.item()`, `np.isin`, "
        "`np.trapezoid`, `np.ndim`",
        errors=(path_error("numpy", *_GONE),),
        renames=tuple((f"numpy.{n}", f"numpy.{t}") for n, t in _REPLACED),
    ),
    RetiredCall(
        shape=Path(names=tuple(f"scipy.{name}" for name in _NUMPY_IN_SCIPY)),
        old="scipy.array([1, 2])",
        today="`numpy.array([1, 2])`: SciPy no longer repeats NumPy's functions",
        errors=(path_error("scipy", *_NUMPY_IN_SCIPY),),
        renames=tuple((f"scipy.{n}", f"numpy.{n}") for n in _NUMPY_IN_SCIPY),
    ),
    RetiredCall(
        shape=Path(names=tuple(f"scipy.misc.{name}" for name in _IMAGES)),
        old="from scipy.misc import imread",
        today="`PIL.Image.open(…)`, `matplotlib.pyplot.imread(…)`",
        errors=(r"No module named 'scipy\.misc", path_error("scipy.misc", *_IMAGES)),
    ),
    RetiredCall(
        shape=Path(names=tuple(f"scipy.misc.{name}" for name in _SPECIAL)),
        old="from scipy.misc import comb",
        today="`scipy.special.comb`, `scipy.special.factorial`, `scipy.special.logsumexp`",
        errors=(r"No module named 'scipy\.misc", path_error("scipy.misc", *_SPECIAL)),
        renames=tuple((f"scipy.misc.{n}", f"scipy.special.{n}") for n in _SPECIAL),
    ),
    RetiredCall(
        shape=Path(names=tuple(f"scipy.stats.{name}" for name in _STATISTICS)),
        old="from scipy.stats import itemfreq",
        today="`numpy.unique(…, return_counts=True)`, `scipy.stats.chi2.sf`, `numpy.nanmean`, "
        "`scipy.stats.binomtest`",
        errors=(path_error("scipy.stats", *_STATISTICS),),
    ),
    RetiredCall(
        shape=Idiom(form="p-value"),
        old="scipy.stats.mannwhitneyu([1, 2], [2, 3])",
        today="`pvalue / 2` and the smaller U; `method='approx'` for wilcoxon, `'asymptotic'` for "
        "kendalltau, `'asymp'` for ks_2samp",
        changed="The p-value of mannwhitneyu is that of both sides today, and was that of one. The "
        "others are exact for small samples today, and were approximate.",
        effect=Effect.CHANGES,
        noted=False,
    ),
    RetiredCall(
        shape=Idiom(form="full-of-integers"),
        old="np.full(3, 7)",
        today="`np.full(3, 7, dtype=float)`",
        changed="It gives integers today; it gave floats.",
        effect=Effect.CHANGES,
        noted=False,
        lost="The libraries themselves call it, and need integers.",
    ),
    RetiredCall(
        shape=None,
        old="scipy.stats.mode([1, 2, 2])[0][0]",
        today="`scipy.stats.mode(…)[0]`, or `keepdims=True`",
        errors=(r"invalid index to scalar variable",),
        line=r"\bmode\(",
    ),
    RetiredCall(
        shape=Path(names=("scipy.integrate.simps", "scipy.integrate.trapz")),
        old="from scipy.integrate import simps",
        today="`scipy.integrate.simpson`, `scipy.integrate.trapezoid`",
        errors=(path_error("scipy.integrate", "simps", "trapz"),),
        renames=(
            ("scipy.integrate.simps", "scipy.integrate.simpson"),
            ("scipy.integrate.trapz", "scipy.integrate.trapezoid"),
        ),
    ),
    RetiredCall(
        shape=Path(names=("statsmodels.tsa.arima_model",)),
        old="from statsmodels.tsa.arima_model import ARIMA",
        today="`from statsmodels.tsa.arima.model import ARIMA`",
        errors=(r"statsmodels\.tsa\.arima_model", r"have been removed in favor of statsmodels"),
        lost="Its estimates differ from those of its successor.",
    ),
    RetiredCall(
        shape=Path(names=("jellyfish.jaro_distance", "jellyfish.jaro_winkler")),
        old="jellyfish.jaro_distance('a', 'b')",
        today="`jellyfish.jaro_similarity`, `jellyfish.jaro_winkler_similarity`",
        errors=(path_error("jellyfish", "jaro_distance", "jaro_winkler"),),
        lost="jellyfish is not part of the environment.",
    ),
)

AZURE: Final[tuple[RetiredCall, ...]] = (
    RetiredCall(
        shape=Path(names=("azureml.core",)),
        old="from azureml.core import Run",
        today="`print(…)`: the run keeps its output, and figures that are saved or open",
        changed="It was the script's link to its run in Azure ML.",
        errors=(r"No module named 'azureml'", r"No module named 'azureml\.core"),
    ),
    RetiredCall(
        shape=Path(names=("azureml",)),
        old="from azureml import Workspace",
        today="a dataset that is connected to the script (`--dataset1 FILE`)",
        changed="It read datasets from a workspace of the classic studio, long shut down.",
        errors=(r"No module named 'azureml'", path_error("azureml", "Workspace")),
        lost="The workspace that it read from is gone.",
    ),
)
