"""Modules that scikit-learn 1.2 no longer has."""

from typing import Any, Final


def _cross_validation(module: Any) -> None:
    from sklearn import model_selection
    from sklearn.base import is_classifier

    from studiolo_guest.classic import sklearn_folds as folds

    for name in (
        *("KFold", "StratifiedKFold", "LeaveOneOut", "LeavePOut", "LabelKFold"),
        *("LeaveOneLabelOut", "ShuffleSplit", "StratifiedShuffleSplit"),
    ):
        setattr(module, name, getattr(folds, name))
    module.train_test_split = model_selection.train_test_split
    module.PredefinedSplit = model_selection.PredefinedSplit

    def check_cv(cv: Any, X: Any = None, y: Any = None, classifier: bool = False) -> Any:
        rows = len(X) if X is not None else len(y)
        return folds.folds_of(cv, y, rows=rows, classifies=classifier)

    def _with_old_folds(function: Any) -> Any:
        def call(
            estimator: Any,
            X: Any,
            y: Any = None,
            scoring: Any = None,
            cv: Any = None,
            n_jobs: Any = 1,
            verbose: int = 0,
            fit_params: Any = None,
            **more: Any,
        ) -> Any:
            rows = X.shape[0] if hasattr(X, "shape") else len(X)
            given = folds.folds_of(cv, y, rows=rows, classifies=is_classifier(estimator))
            return function(
                estimator,
                X,
                y,
                scoring=folds.scoring_today(scoring),
                cv=given,
                n_jobs=n_jobs,
                verbose=verbose,
                fit_params=fit_params,
                **more,
            )

        return call

    def cross_val_predict(
        estimator: Any,
        X: Any,
        y: Any = None,
        cv: Any = None,
        *args: Any,
        **options: Any,
    ) -> Any:
        rows = X.shape[0] if hasattr(X, "shape") else len(X)
        given = folds.folds_of(cv, y, rows=rows, classifies=is_classifier(estimator))
        names = ("n_jobs", "verbose", "fit_params")
        options |= dict(zip(names, args, strict=False))
        return model_selection.cross_val_predict(estimator, X, y, cv=given, **options)

    module.check_cv = check_cv
    module.cross_val_score = _with_old_folds(model_selection.cross_val_score)
    module.cross_val_predict = cross_val_predict


def _grid_search(module: Any) -> None:
    from sklearn import model_selection

    from studiolo_guest.classic import sklearn_search

    module.GridSearchCV = sklearn_search.GridSearchCV
    module.RandomizedSearchCV = sklearn_search.RandomizedSearchCV
    module.ParameterGrid = model_selection.ParameterGrid
    module.ParameterSampler = model_selection.ParameterSampler


def _learning_curve(module: Any) -> None:
    from sklearn import model_selection
    from sklearn.base import is_classifier

    from studiolo_guest.classic.sklearn_folds import folds_of, scoring_today

    def restored(function: Any) -> Any:
        def call(
            estimator: Any,
            X: Any,
            y: Any,
            *args: Any,
            cv: Any = None,
            scoring: Any = None,
            **more: Any,
        ) -> Any:
            given = folds_of(cv, y, rows=len(X), classifies=is_classifier(estimator))
            names = (
                ("train_sizes",)
                if function is model_selection.learning_curve
                else (
                    "param_name",
                    "param_range",
                )
            )
            more |= dict(zip(names, args, strict=False))
            return function(estimator, X, y, cv=given, scoring=scoring_today(scoring), **more)

        return call

    module.learning_curve = restored(model_selection.learning_curve)
    module.validation_curve = restored(model_selection.validation_curve)


def _externals_joblib(module: Any) -> None:
    import joblib

    module.__dict__.update({n: v for n, v in vars(joblib).items() if not n.startswith("__")})


def _externals_six(module: Any) -> None:
    import six

    module.__dict__.update({n: v for n, v in vars(six).items() if not n.startswith("__")})


def _lda(module: Any) -> None:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    module.LDA = LinearDiscriminantAnalysis


def _qda(module: Any) -> None:
    from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis

    module.QDA = QuadraticDiscriminantAnalysis


#: By name: what fills it.
MODULES: Final = {
    "sklearn.cross_validation": _cross_validation,
    "sklearn.grid_search": _grid_search,
    "sklearn.learning_curve": _learning_curve,
    "sklearn.externals.joblib": _externals_joblib,
    "sklearn.externals.six": _externals_six,
    "sklearn.lda": _lda,
    "sklearn.qda": _qda,
}
