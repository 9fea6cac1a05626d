"""The principal components of scikit-learn 1.2 with the variance that they had in 0.17."""

from typing import Any

import numpy as np

from studiolo_guest.classic.sklearn_defaults import set_defaults


def adapt(decomposition: Any) -> None:
    """Divide variances by the number of rows; always decompose the whole matrix."""
    pca, incremental = decomposition.PCA, decomposition.IncrementalPCA
    set_defaults(pca, svd_solver="full")
    fit, fit_transform, partial_fit = pca._fit, pca.fit_transform, incremental.partial_fit

    def _fit(self: Any, X: Any) -> Any:
        parts = fit(self, X)
        _shrink(self, self.n_samples_)
        return parts

    def whitened(self: Any, X: Any, y: Any = None) -> Any:
        made = fit_transform(self, X, y)
        rows = self.n_samples_
        return made * np.sqrt(rows / (rows - 1)) if self.whiten and rows > 1 else made

    def fit_a_part(self: Any, *args: Any, **options: Any) -> Any:
        partial_fit(self, *args, **options)
        _shrink(self, self.n_samples_seen_)
        return self

    pca._fit, pca.fit_transform, incremental.partial_fit = _fit, whitened, fit_a_part


def _shrink(fitted: Any, rows: int) -> None:
    share = (rows - 1) / rows
    fitted.explained_variance_ = fitted.explained_variance_ * share
    fitted.noise_variance_ = fitted.noise_variance_ * share
