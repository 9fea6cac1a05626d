"""Calls that the classic studio's other libraries no longer have."""

from typing import Final

from studiolo.old_code.retired_call import (
    Attribute,
    Keyword,
    Path,
    RetiredCall,
    attribute_error,
    path_error,
)

_ALIASES = ("float", "int", "object", "str", "unicode", "complex")
_RENAMED = ("NaN", "Inf", "infty", "float_", "complex_", "unicode_", "string_")
_GONE = ("product", "cumproduct", "alltrue", "sometrue", "row_stack", "asscalar", "in1d", "trapz")
_NAMED_TODAY = ("nan", "inf", "inf", "float64", "complex128", "str_", "bytes_")
_REPLACED = (
    *(("product", "prod"), ("cumproduct", "cumprod"), ("alltrue", "all"), ("sometrue", "any")),
    *(("row_stack", "vstack"), ("in1d", "isin"), ("trapz", "trapezoid")),
)
#: The classes of `cross_validation` take other arguments today.
_IN_MODEL_SELECTION = (
    *(
        (f"sklearn.cross_validation.{name}", f"sklearn.model_selection.{name}")
        for name in ("train_test_split", "cross_val_score", "cross_val_predict")
    ),
    *(
        (f"sklearn.grid_search.{name}", f"sklearn.model_selection.{name}")
        for name in ("GridSearchCV", "RandomizedSearchCV", "ParameterGrid", "ParameterSampler")
    ),
    *(
        (f"sklearn.learning_curve.{name}", f"sklearn.model_selection.{name}")
        for name in ("learning_curve", "validation_curve")
    ),
)
_DISCRIMINANTS = (
    ("sklearn.lda.LDA", "sklearn.discriminant_analysis.LinearDiscriminantAnalysis"),
    ("sklearn.qda.QDA", "sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis"),
)
_NUMPY_IN_SCIPY = ("array", "zeros", "ones", "arange", "linspace", "mean", "log", "exp", "sqrt")
_IMAGES = ("imread", "imsave", "imresize", "imshow", "toimage")

SCIKIT_LEARN: Final[tuple[RetiredCall, ...]] = (
    RetiredCall(
        shape=Path(
            names=("sklearn.cross_validation", "sklearn.grid_search", "sklearn.learning_curve")
        ),
        old="from sklearn.cross_validation import train_test_split",
        today="`from sklearn.model_selection import train_test_split`; its `KFold` and the like "
        "take `n_splits` and get the data by `.split(x)`",
        errors=(r"No module named 'sklearn\.(cross_validation|grid_search|learning_curve)",),
        renames=_IN_MODEL_SELECTION,
    ),
    RetiredCall(
        shape=Path(names=("sklearn.externals",)),
        old="from sklearn.externals import joblib",
        today="`import joblib`",
        errors=(path_error("sklearn.externals", "joblib", "six"), r"'sklearn\.externals"),
        renames=(("sklearn.externals.joblib", "joblib"), ("sklearn.externals.six", "six")),
    ),
    RetiredCall(
        shape=Path(names=("sklearn.preprocessing.Imputer",)),
        old="from sklearn.preprocessing import Imputer",
        today="`from sklearn.impute import SimpleImputer`",
        errors=(path_error("sklearn.preprocessing", "Imputer"),),
    ),
    RetiredCall(
        shape=Path(names=("sklearn.lda", "sklearn.qda")),
        old="from sklearn.lda import LDA",
        today="`from sklearn.discriminant_analysis import LinearDiscriminantAnalysis`",
        errors=(r"No module named 'sklearn\.(lda|qda)",),
        renames=_DISCRIMINANTS,
    ),
    RetiredCall(
        shape=Path(names=("sklearn.decomposition.RandomizedPCA", "sklearn.mixture.GMM")),
        lost="`RandomizedPCA` is there; `GMM` found other mixtures than its successor.",
        old="from sklearn.decomposition import RandomizedPCA",
        today="`PCA(svd_solver='randomized')`, `sklearn.mixture.GaussianMixture`",
        errors=(r"cannot import name '(RandomizedPCA|GMM)'",),
    ),
    RetiredCall(
        shape=Path(names=("sklearn.metrics.jaccard_similarity_score",)),
        old="from sklearn.metrics import jaccard_similarity_score",
        today="`sklearn.metrics.jaccard_score`, or `accuracy_score` for one label per row",
        errors=(path_error("sklearn.metrics", "jaccard_similarity_score"),),
    ),
    RetiredCall(
        shape=Attribute(names=("get_feature_names",)),
        old="CountVectorizer().fit(frame['name']).get_feature_names()",
        today="`.get_feature_names_out()`",
        errors=(attribute_error("get_feature_names"),),
    ),
    RetiredCall(
        shape=Keyword(functions=("OneHotEncoder",), names=("sparse", "categorical_features")),
        old="OneHotEncoder(sparse=False)",
        today="`OneHotEncoder(sparse_output=False)`; columns are chosen by a `ColumnTransformer`",
        errors=(r"unexpected keyword argument '(sparse|categorical_features)'",),
        renames=(("sparse", "sparse_output"),),
    ),
    RetiredCall(
        shape=Keyword(functions=("KFold", "StratifiedKFold", "ShuffleSplit"), names=("n_folds",)),
        old="KFold(n_folds=3)",
        lost="Only the classes of `sklearn.cross_validation` took it, and they do.",
        today="`n_splits=…`, and `.split(x)` for the rows",
        errors=(r"unexpected keyword argument 'n_(folds|iter)'",),
    ),
    RetiredCall(
        shape=Keyword(
            functions=("LinearRegression", "Ridge", "Lasso", "ElasticNet"), names=("normalize",)
        ),
        old="LinearRegression(normalize=True)",
        today="`make_pipeline(StandardScaler(), LinearRegression())`",
        errors=(r"unexpected keyword argument 'normalize'",),
    ),
)

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
        shape=Keyword(functions=("hist",), names=("normed",)),
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
        lost="finance is a library of its own today; mlab has `normpdf` and `frange`.",
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
        "`np.trapezoid`",
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
