"""Calls that scripts of 2020 still had, and that their libraries lost since."""

from typing import Final

from studiolo.old_code.retired_call import (
    Attribute,
    Keyword,
    Path,
    RetiredCall,
    Text,
    attribute_error,
    path_error,
)

_WINDOWS = ("hann", "hamming", "blackman", "bartlett", "gaussian")
_FORESTS = ("RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier")
_TREES = ("DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreesRegressor")
_BOOSTED = ("AdaBoostClassifier", "AdaBoostRegressor", "BaggingClassifier", "BaggingRegressor")

LATER_PANDAS: Final[tuple[RetiredCall, ...]] = (
    RetiredCall(
        shape=Attribute(names=("applymap",)),
        old="frame.applymap(str)",
        today="`frame.map(str)`",
        errors=(attribute_error("applymap"),),
        renames=(("applymap", "map"),),
    ),
    RetiredCall(
        shape=Attribute(names=("is_monotonic",)),
        old="frame['a'].is_monotonic",
        today="`.is_monotonic_increasing`",
        errors=(attribute_error("is_monotonic"),),
        renames=(("is_monotonic", "is_monotonic_increasing"),),
    ),
    RetiredCall(
        shape=None,
        old="pd.concat([frame, frame], 1)",
        today="`axis=1`: this argument goes by its name",
        errors=(r"(concat|any|all)\(\) takes 1 positional argument but 2 were given",),
    ),
    RetiredCall(
        shape=None,
        old="frame.set_index('name').sum(level=0)",
        today="`.groupby(level=0).sum()`",
        errors=(r"(sum|mean|min|max|std|count)\(\) got an unexpected keyword argument 'level'",),
    ),
)
LATER_SCIKIT_LEARN: Final[tuple[RetiredCall, ...]] = (
    RetiredCall(
        shape=Keyword(functions=("LogisticRegression",), names=("multi_class",)),
        old="from sklearn.linear_model import LogisticRegression\n"
        "LogisticRegression(solver='liblinear', multi_class='ovr')",
        today="`OneVsRestClassifier(LogisticRegression())` for 'ovr'; nothing for 'multinomial'",
        errors=(r"LogisticRegression\.\w+\(\) got an unexpected keyword argument 'multi_class'",),
    ),
    RetiredCall(
        shape=Keyword(functions=_BOOSTED, names=("base_estimator",)),
        old="from sklearn.ensemble import BaggingClassifier\n"
        "BaggingClassifier(base_estimator=None)",
        today="`estimator=…`",
        errors=(r"got an unexpected keyword argument 'base_estimator'",),
        renames=(("base_estimator", "estimator"),),
    ),
    RetiredCall(
        shape=Keyword(functions=("AgglomerativeClustering",), names=("affinity",)),
        old="from sklearn.cluster import AgglomerativeClustering\n"
        "AgglomerativeClustering(affinity='euclidean')",
        today="`metric=…`",
        errors=(r"AgglomerativeClustering\.\w+\(\) got an unexpected .* 'affinity'",),
        renames=(("affinity", "metric"),),
    ),
    RetiredCall(
        shape=Text(functions=(*_FORESTS, *_TREES), keyword="max_features", pattern="auto"),
        old="RandomForestClassifier(n_estimators=2, max_features='auto').fit([[1], [2]], [0, 1])",
        today="`max_features='sqrt'` for a classifier, `1.0` for a regressor",
        errors=(r"The 'max_features' parameter of \w+ must be",),
    ),
    RetiredCall(
        shape=Text(
            functions=("SGDClassifier", "SGDRegressor"), keyword="loss", pattern="log|squared_loss"
        ),
        old="SGDClassifier(loss='log').fit([[1], [2]], [0, 1])",
        today="`loss='log_loss'`, `'squared_error'`",
        errors=(r"The 'loss' parameter of SGD",),
    ),
    RetiredCall(
        shape=Text(functions=("LinearSVC",), keyword="loss", pattern="l1|l2"),
        old="from sklearn.svm import LinearSVC\nLinearSVC(loss='l2').fit([[1], [2]], [0, 1])",
        today="`loss='hinge'` for l1, `'squared_hinge'` for l2",
        errors=(r"The 'loss' parameter of LinearSVC",),
    ),
    RetiredCall(
        shape=Text(functions=("KMeans",), keyword="algorithm", pattern="full|auto"),
        old="KMeans(1, n_init=10, algorithm='full').fit([[1], [2]])",
        today="`algorithm='lloyd'`",
        errors=(r"The 'algorithm' parameter of KMeans",),
    ),
    RetiredCall(
        shape=Keyword(functions=("mean_squared_error",), names=("squared",)),
        old="metrics.mean_squared_error([1, 2], [1, 3], squared=False)",
        today="`root_mean_squared_error(…)`",
        errors=(r"got an unexpected keyword argument 'squared'",),
    ),
)
LATER_NUMERIC: Final[tuple[RetiredCall, ...]] = (
    RetiredCall(
        shape=Path(names=("scipy.integrate.cumtrapz",)),
        old="from scipy.integrate import cumtrapz",
        today="`scipy.integrate.cumulative_trapezoid`",
        errors=(path_error("scipy.integrate", "cumtrapz"),),
        renames=(("scipy.integrate.cumtrapz", "scipy.integrate.cumulative_trapezoid"),),
    ),
    RetiredCall(
        shape=Path(names=tuple(f"scipy.signal.{name}" for name in _WINDOWS)),
        old="from scipy.signal import hann",
        today="`from scipy.signal.windows import hann`",
        errors=(path_error("scipy.signal", *_WINDOWS),),
        renames=tuple((f"scipy.signal.{n}", f"scipy.signal.windows.{n}") for n in _WINDOWS),
    ),
    RetiredCall(
        shape=Keyword(functions=("percentile", "nanpercentile"), names=("interpolation",)),
        old="np.percentile(frame['a'], 30, interpolation='lower')",
        today="`method='lower'`",
        errors=(r"percentile\(\) got an unexpected keyword argument 'interpolation'",),
        renames=(("interpolation", "method"),),
    ),
)
