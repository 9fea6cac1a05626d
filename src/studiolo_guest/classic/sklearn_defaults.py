"""Learners of scikit-learn 1.2 with the defaults and arguments that they had in 0.17."""

import inspect
from typing import Any, Final

import numpy as np

#: By module: names of learners, and the values that arguments had without being given.
_FORESTS: Final = (
    *("RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier"),
    *("ExtraTreesRegressor", "RandomTreesEmbedding"),
)
_EPOCHS: Final = (
    *("SGDClassifier", "SGDRegressor", "Perceptron", "PassiveAggressiveClassifier"),
    "PassiveAggressiveRegressor",
)
#: These choose by cross-validation, and had three folds.
_FOLDED: Final = (
    *("LassoCV", "ElasticNetCV", "LarsCV", "LassoLarsCV", "OrthogonalMatchingPursuitCV"),
    *("MultiTaskLassoCV", "MultiTaskElasticNetCV"),
)
#: These divided each column by its length.
_NORMALIZED: Final = (
    *("Lars", "LassoLars", "LassoLarsIC", "LarsCV", "LassoLarsCV"),
    *("OrthogonalMatchingPursuit", "OrthogonalMatchingPursuitCV"),
)
_CRITERIA: Final = {"mse": "squared_error", "mae": "absolute_error"}
_LOSSES: Final = {
    "ls": "squared_error",
    "lad": "absolute_error",
    "squared_loss": "squared_error",
    "l1": "hinge",
    "l2": "squared_hinge",
}


def adapt_ensemble(ensemble: Any) -> None:
    """Give forests ten trees, and boosting the old names of its losses."""
    for name in _FORESTS:
        set_defaults(getattr(ensemble, name), n_estimators=10)
    _translate(ensemble.GradientBoostingRegressor, _with_todays_loss)
    for name in ("RandomForestRegressor", "ExtraTreesRegressor"):
        _translate(getattr(ensemble, name), _with_todays_criterion)


def adapt_tree(tree: Any) -> None:
    """Give trees the old names of their criteria."""
    for name in ("DecisionTreeRegressor", "ExtraTreeRegressor"):
        _translate(getattr(tree, name), _with_todays_criterion)


def adapt_svm(svm: Any) -> None:
    """Give kernels a width of one by the number of columns, whatever their spread."""
    _translate(svm.LinearSVC, _with_todays_loss)
    for name in ("SVC", "SVR", "NuSVC", "NuSVR", "OneClassSVM"):
        set_defaults(getattr(svm, name), gamma="auto")
        _translate(getattr(svm, name), _with_auto_for_zero)


def adapt_linear_models(linear_model: Any) -> None:
    """Give logistic regression its old solver, and stochastic learners their five epochs."""
    set_defaults(linear_model.LogisticRegression, solver="liblinear", multi_class="ovr")
    set_defaults(linear_model.LogisticRegressionCV, multi_class="ovr", cv=3)
    for name in _FOLDED:
        set_defaults(getattr(linear_model, name), cv=3)
    for name in _NORMALIZED:
        set_defaults(getattr(linear_model, name), normalize=True)
    for name in _EPOCHS:
        set_defaults(getattr(linear_model, name), max_iter=5, tol=None)
        _translate(getattr(linear_model, name), _with_epochs)
    _translate(linear_model.SGDRegressor, _with_todays_loss)


def adapt_calibration(calibration: Any) -> None:
    """Give the calibration three folds."""
    set_defaults(calibration.CalibratedClassifierCV, cv=3)


def adapt_feature_selection(feature_selection: Any) -> None:
    """Give the elimination of features three folds."""
    set_defaults(feature_selection.RFECV, cv=3)


def adapt_cluster(cluster: Any) -> None:
    """Let k-means take what had to do with its speed only."""
    _translate(cluster.KMeans, _without_jobs)


def encoding_columns(encoder: Any) -> Any:
    """A subclass of `OneHotEncoder` that can encode some of the columns, and puts them first."""

    class OneHotEncoder(encoder):  # type: ignore[misc]  # no types are published
        def __init__(
            self, *, n_values: Any = "auto", categorical_features: Any = "all", **options: Any
        ) -> None:
            super().__init__(**options)
            self.n_values, self.categorical_features = n_values, categorical_features

        def fit(self, X: Any, y: Any = None) -> Any:
            chosen = self._parts(X)[0]
            if isinstance(self.n_values, str):
                return super().fit(chosen, y)
            counts = np.broadcast_to(self.n_values, np.shape(chosen)[1])
            given: Any = self.categories
            self.categories: Any = [np.arange(count) for count in counts]
            try:
                return super().fit(chosen, y)
            finally:
                self.categories = given

        def transform(self, X: Any) -> Any:
            chosen, rest = self._parts(X)
            return _beside(super().transform(chosen), rest)

        def fit_transform(self, X: Any, y: Any = None, **_: Any) -> Any:
            return self.fit(X, y).transform(X)

        def _parts(self, X: Any) -> tuple[Any, Any]:
            if isinstance(self.categorical_features, str):
                return X, None
            values = np.asarray(X)
            mask = np.zeros(values.shape[1], dtype=bool)
            mask[np.asarray(self.categorical_features)] = True
            return values[:, mask], values[:, ~mask]

    _add_to_signature(OneHotEncoder, encoder, n_values="auto", categorical_features="all")
    OneHotEncoder.__module__, OneHotEncoder.__doc__ = "sklearn.preprocessing", encoder.__doc__
    return OneHotEncoder


def _beside(encoded: Any, rest: Any) -> Any:
    from scipy import sparse

    if rest is None:
        return encoded
    if sparse.issparse(encoded):
        return sparse.hstack([encoded, sparse.csr_matrix(rest.astype(float))]).tocsr()
    return np.hstack([encoded, rest.astype(float)])


def set_defaults(kind: Any, **values: Any) -> None:
    """Change what arguments are without being given, in the signature that scikit-learn reads."""
    init = kind.__init__
    init.__kwdefaults__ = {**(init.__kwdefaults__ or {})}
    names = list(inspect.signature(init).parameters)
    for name, value in values.items():
        if name in init.__kwdefaults__:
            init.__kwdefaults__[name] = value
        else:
            parameters = inspect.signature(init).parameters.values()
            free = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD][1:]
            place = free.index(name) - len(free)
            defaults = list(init.__defaults__)
            defaults[place] = value
            init.__defaults__ = tuple(defaults)
    assert set(values) <= set(names)


def _translate(kind: Any, change: Any) -> None:
    """Change arguments before today's constructor sees them; its signature stays."""
    today = kind.__init__

    def __init__(self: Any, *args: Any, **options: Any) -> None:  # noqa: N807  # its name
        change(options)
        today(self, *args, **options)

    __init__.__signature__ = inspect.signature(today)  # type: ignore[attr-defined]  # read by it
    __init__.__doc__ = today.__doc__
    # scikit-learn looks for the arguments here.
    __init__.deprecated_original = today  # type: ignore[attr-defined]
    kind.__init__ = __init__


def _add_to_signature(kind: Any, today: Any, **extra: Any) -> None:
    own = inspect.signature(today.__init__)
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=value)
        for name, value in extra.items()
    ]
    kind.__init__.__signature__ = own.replace(parameters=[*own.parameters.values(), *more])


def _with_todays_loss(options: dict[str, Any]) -> None:
    if options.get("loss") in _LOSSES:
        options["loss"] = _LOSSES[options["loss"]]


def _with_todays_criterion(options: dict[str, Any]) -> None:
    if options.get("criterion") in _CRITERIA:
        options["criterion"] = _CRITERIA[options["criterion"]]


def _with_auto_for_zero(options: dict[str, Any]) -> None:
    if options.get("gamma") == 0:
        options["gamma"] = "auto"


def _with_epochs(options: dict[str, Any]) -> None:
    if "n_iter" in options:
        options |= {"max_iter": options.pop("n_iter"), "tol": None}


def _without_jobs(options: dict[str, Any]) -> None:
    for name in ("n_jobs", "precompute_distances"):
        options.pop(name, None)
