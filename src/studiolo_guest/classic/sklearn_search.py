"""`GridSearchCV` and `RandomizedSearchCV` of scikit-learn before 0.20.

Three folds by default, the mean over rows and not over folds (`iid`), and `grid_scores_`.
"""

from collections import namedtuple
from typing import Any

import numpy as np
from sklearn import model_selection
from sklearn.base import is_classifier

from studiolo_guest.classic.sklearn_folds import folds_of, scoring_today

_Score = namedtuple("_Score", "parameters mean_validation_score cv_validation_scores")


class GridScore(_Score):
    """The scores of one choice of parameters."""

    __slots__ = ()

    def __repr__(self) -> str:
        return (
            f"mean: {self.mean_validation_score:.5f}, "
            f"std: {np.std(self.cv_validation_scores):.5f}, params: {self.parameters!r}"
        )


class _Search:
    """The parts that both searches have in common, over today's search."""

    def __init__(
        self,
        estimator: Any,
        parameters: Any,
        scoring: Any = None,
        fit_params: Any = None,
        n_jobs: Any = 1,
        iid: bool = True,
        refit: bool = True,
        cv: Any = None,
        verbose: int = 0,
        pre_dispatch: Any = "2*n_jobs",
        error_score: Any = "raise",
        **more: Any,
    ) -> None:
        self.estimator, self.parameters, self.scoring = estimator, parameters, scoring
        self.fit_params, self.n_jobs, self.iid, self.refit = fit_params, n_jobs, iid, refit
        self.cv, self.verbose, self.error_score = cv, verbose, error_score
        self.pre_dispatch, self.more = pre_dispatch, more

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # as everywhere
        """The arguments, by name."""
        return {
            "estimator": self.estimator,
            self._named: self.parameters,
            "scoring": self.scoring,
            "fit_params": self.fit_params,
            "n_jobs": self.n_jobs,
            "iid": self.iid,
            "refit": self.refit,
            "cv": self.cv,
            "verbose": self.verbose,
            "error_score": self.error_score,
            **self.more,
        }

    _named = "param_grid"
    _today: Any = None

    def fit(self, X: Any, y: Any = None, **fit_params: Any) -> Any:
        """Try each choice, and fit the best on all rows."""
        rows = X.shape[0] if hasattr(X, "shape") else len(X)
        folds = folds_of(self.cv, y, rows=rows, classifies=is_classifier(self.estimator))
        sizes = np.array([len(np.arange(rows)[test]) for _, test in folds])
        search = self._today(
            self.estimator,
            self.parameters,
            scoring=scoring_today(self.scoring),
            n_jobs=self.n_jobs,
            refit=False,
            cv=folds,
            verbose=self.verbose,
            error_score=self.error_score,
            **self.more,
        )
        given = {**(self.fit_params or {}), **fit_params}
        search.fit(X, y, **given)
        results = search.cv_results_
        scores = np.array([results[f"split{k}_test_score"] for k in range(len(folds))]).T
        means = np.average(scores, axis=1, weights=sizes if self.iid else None)
        self.grid_scores_ = [
            GridScore(parameters, mean, row)
            for parameters, mean, row in zip(results["params"], means, scores, strict=True)
        ]
        best = int(np.argmax(means))
        self.cv_results_ = results
        self.best_params_, self.best_score_ = results["params"][best], means[best]
        self.scorer_ = search.scorer_
        if self.refit:
            from sklearn.base import clone

            self.best_estimator_ = clone(self.estimator).set_params(**self.best_params_)
            self.best_estimator_.fit(X, **({} if y is None else {"y": y}), **given)
        return self

    def score(self, X: Any, y: Any = None) -> float:
        """The score of the best."""
        return float(self.scorer_(self.best_estimator_, X, y))

    def __getattr__(self, name: str) -> Any:
        # predict, predict_proba, transform, classes_ …
        if name.startswith("__") or "best_estimator_" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self.best_estimator_, name)


class GridSearchCV(_Search):
    """The search over all choices."""

    _today = model_selection.GridSearchCV

    def __init__(self, estimator: Any, param_grid: Any, *args: Any, **options: Any) -> None:
        super().__init__(estimator, param_grid, *args, **options)
        self.param_grid = param_grid


class RandomizedSearchCV(_Search):
    """The search over some choices."""

    _named = "param_distributions"
    _today = model_selection.RandomizedSearchCV

    def __init__(
        self,
        estimator: Any,
        param_distributions: Any,
        n_iter: int = 10,
        *args: Any,
        random_state: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            estimator,
            param_distributions,
            *args,
            n_iter=n_iter,
            random_state=random_state,
            **options,
        )
