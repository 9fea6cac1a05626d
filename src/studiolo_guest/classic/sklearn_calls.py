"""Calls that scikit-learn 1.2 no longer has, with the meaning that they had before."""

import inspect
from typing import Any

import numpy as np

from studiolo_guest.classic import sklearn_defaults, sklearn_metrics, sklearn_variance


def adapt_package(sklearn: Any) -> None:
    """Nothing: the modules that are gone are found by their own names."""
    del sklearn


def adapt_base(base: Any) -> None:
    """Give transformers `get_feature_names`, which 1.2 has taken away."""

    def get_feature_names(self: Any, input_features: Any = None) -> Any:
        if not hasattr(self, "get_feature_names_out"):
            raise AttributeError(f"{type(self).__name__!r} object has no 'get_feature_names'")
        if input_features is None and _numbers_features(self):
            input_features = [f"x{k}" for k in range(self.n_features_in_)]
            # Today's methods refuse other names than those of the frame.
            names = self.__dict__.pop("feature_names_in_", None)
            try:
                return list(self.get_feature_names_out(input_features))
            finally:
                if names is not None:
                    self.feature_names_in_ = names
        if input_features is None:
            return list(self.get_feature_names_out())
        return list(self.get_feature_names_out(input_features))

    base.BaseEstimator.get_feature_names = get_feature_names


def _numbers_features(estimator: Any) -> bool:
    return type(estimator).__name__ in ("OneHotEncoder", "PolynomialFeatures")


def adapt_preprocessing(preprocessing: Any) -> None:
    """Give it `Imputer`, once a script asks for it: its parts import this module."""

    def getattr_of_module(name: str) -> Any:
        if name != "Imputer":
            raise AttributeError(f"module {preprocessing.__name__!r} has no attribute {name!r}")
        preprocessing.Imputer = _imputer()
        return preprocessing.Imputer

    preprocessing.__getattr__ = getattr_of_module
    preprocessing.OneHotEncoder = sklearn_defaults.encoding_columns(preprocessing.OneHotEncoder)
    preprocessing.StandardScaler.std_ = property(lambda self: self.scale_)


def _imputer() -> Any:
    from sklearn.impute import SimpleImputer

    class Imputer(SimpleImputer):  # type: ignore[misc]  # no types are published
        """Replaces missing values by a statistic of the column, or of the row with axis=1."""

        def __init__(
            self,
            missing_values: Any = "NaN",
            strategy: str = "mean",
            axis: int = 0,
            verbose: int = 0,
            copy: bool = True,
        ) -> None:
            super().__init__(missing_values=missing_values, strategy=strategy, copy=copy)
            self.axis, self.verbose = axis, verbose

        def _means(self, X: Any, act: Any) -> Any:
            given: Any = self.missing_values  # type: ignore[has-type]  # of the superclass
            self.missing_values = np.nan if given == "NaN" else given
            try:
                return act(X)
            finally:
                self.missing_values = given

        def fit(self, X: Any, y: Any = None) -> Any:
            """Find the statistics of the columns; rows have theirs when they come."""
            del y
            return self if self.axis else self._means(X, super().fit)

        def transform(self, X: Any) -> Any:
            """Replace the missing values."""
            if self.axis:
                rows = SimpleImputer(
                    missing_values=np.nan if self.missing_values == "NaN" else self.missing_values,
                    strategy=self.strategy,
                )
                return rows.fit_transform(np.asarray(X).T).T
            return self._means(X, super().transform)

        def fit_transform(self, X: Any, y: Any = None, **_: Any) -> Any:
            """Both."""
            return self.fit(X, y).transform(X)

    Imputer.__module__ = "sklearn.preprocessing"
    return Imputer


def adapt_decomposition(decomposition: Any) -> None:
    """Give it `RandomizedPCA`, and the PCA its old variance."""
    sklearn_variance.adapt(decomposition)

    class RandomizedPCA(decomposition.PCA):  # type: ignore[misc]  # no types are published
        """A PCA by randomized SVD."""

        def __init__(
            self,
            n_components: Any = None,
            copy: bool = True,
            iterated_power: int = 2,
            whiten: bool = False,
            random_state: Any = None,
        ) -> None:
            super().__init__(
                n_components,
                copy=copy,
                iterated_power=iterated_power,
                whiten=whiten,
                random_state=random_state,
                svd_solver="randomized",
            )

    RandomizedPCA.__module__ = decomposition.__name__
    decomposition.RandomizedPCA = RandomizedPCA


def adapt_datasets(datasets: Any) -> None:
    """Give two rows of the irises the values that were corrected later."""
    today = datasets.load_iris

    def load_iris(*, return_X_y: bool = False, as_frame: bool = False) -> Any:
        found = today(as_frame=as_frame)
        for values in (found.data, found.frame):
            for row in (34, 37) if values is not None else ():
                rows = values.iloc if as_frame else values
                rows[row, :4] = [4.9, 3.1, 1.5, 0.1]
        return (found.data, found.target) if return_X_y else found

    datasets.load_iris = load_iris


def adapt_metrics(metrics: Any) -> None:
    """Give it `jaccard_similarity_score`, which was the accuracy unless rows had several labels."""

    def jaccard_similarity_score(
        y_true: Any, y_pred: Any, normalize: bool = True, sample_weight: Any = None
    ) -> float:
        if np.ndim(y_true) > 1:
            average = metrics.jaccard_score(
                y_true, y_pred, average="samples", sample_weight=sample_weight, zero_division=1
            )
            return float(average if normalize else average * len(y_true))
        return float(
            metrics.accuracy_score(y_true, y_pred, normalize=normalize, sample_weight=sample_weight)
        )

    metrics.jaccard_similarity_score = jaccard_similarity_score
    sklearn_metrics.adapt(metrics)


def adapt_linear_model(linear_model: Any) -> None:
    """Give linear models their old defaults, and their argument `normalize` back."""
    sklearn_defaults.adapt_linear_models(linear_model)
    for name in ("LinearRegression", "Ridge", "Lasso", "ElasticNet"):
        setattr(linear_model, name, _normalizing(getattr(linear_model, name)))


def _normalizing(model: Any) -> Any:
    """A subclass that divides each centred column by its length, and the coefficients likewise."""

    class Normalizing(model):  # type: ignore[misc]  # no types are published
        def __init__(self, *args: Any, normalize: Any = False, **options: Any) -> None:
            super().__init__(*args, **options)
            self.normalize = normalize

        def fit(self, X: Any, y: Any, *args: Any, **options: Any) -> Any:
            if not (self.normalize is True and self.fit_intercept):
                return super().fit(X, y, *args, **options)
            values = np.asarray(X, dtype=float)
            centre = values.mean(axis=0)
            length = np.sqrt(((values - centre) ** 2).sum(axis=0))
            length[length == 0] = 1
            super().fit((values - centre) / length, y, *args, **options)
            self.coef_: Any = self.coef_ / length
            shift = self.coef_ @ centre
            self.intercept_: Any = self.intercept_ - shift
            if hasattr(X, "columns") and all(isinstance(name, str) for name in X.columns):
                self.feature_names_in_ = np.asarray(X.columns, dtype=object)
            return self

    own = inspect.signature(model.__init__)
    extra = inspect.Parameter("normalize", inspect.Parameter.KEYWORD_ONLY, default=False)
    Normalizing.__init__.__signature__ = own.replace(  # type: ignore[attr-defined]  # read by inspect
        parameters=[*own.parameters.values(), extra]
    )
    Normalizing.__name__ = Normalizing.__qualname__ = model.__name__
    Normalizing.__module__, Normalizing.__doc__ = "sklearn.linear_model", model.__doc__
    return Normalizing
