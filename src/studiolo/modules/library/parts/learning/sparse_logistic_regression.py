"""Logistic regression that leaves out features."""

import warnings
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logsumexp
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import validate_data

#: Steps before training gives up and says so. Most data need far fewer.
MOST_ITERATIONS = 5000


class SparseLogisticRegression(LogisticRegression):  # type: ignore[misc]  # it has no types
    """Logistic regression whose L1 weight makes some weights exactly 0.

    L-BFGS needs a slope everywhere, which |w| lacks at 0. So each weight is the difference of two
    that are not negative and both cost L1: SciPy's L-BFGS-B, which respects bounds, finds the
    same minimum as OWL-QN. The parameters are those of scikit-learn's class, and so are the
    predictions; ``l1_ratio`` says how 1 / C is shared out between L1 and L2.
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:  # noqa: N803  # as its base
        """Find the weights."""
        features, target = validate_data(self, X, y, accept_sparse="csr", dtype="float64")
        self.classes_, codes = np.unique(target, return_inverse=True)
        rows = np.ones(len(codes)) if sample_weight is None else np.asarray(sample_weight)
        # Of two classes only the second has a score; that of the first is 0.
        scored = slice(1, None) if len(self.classes_) == 2 else slice(None)
        one_hot = np.eye(len(self.classes_))[codes][:, scored]
        weights, intercepts = one_hot.shape[1] * features.shape[1], one_hot.shape[1]
        l1, l2 = self.l1_ratio / self.C, (1 - self.l1_ratio) / self.C

        def unpacked(parts: Any) -> tuple[Any, Any]:
            both = parts[: 2 * weights].reshape(2, intercepts, -1)
            return both[0] - both[1], parts[2 * weights :]

        def objective(parts: Any) -> tuple[float, Any]:
            """The mean loss of the rows with the regularization, and its slope."""
            w, intercept = unpacked(parts)
            scores = features @ w.T + intercept
            losses, probabilities = loss_of(scores, one_hot)
            excess = rows[:, None] * (probabilities - one_hot)
            slope = (features.T @ excess).T + l2 * w
            cost = rows @ losses + l1 * parts[: 2 * weights].sum() + l2 / 2 * (w**2).sum()
            slopes = [(slope + l1).ravel(), (l1 - slope).ravel(), excess.sum(axis=0)]
            return cost / rows.sum(), np.concatenate(slopes) / rows.sum()

        found = minimize(
            objective,
            np.zeros(2 * weights + intercepts),
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, None)] * (2 * weights) + [(None, None)] * intercepts,
            options={
                "maxiter": self.max_iter,
                "maxfun": 10 * self.max_iter,
                "gtol": self.tol,
                "ftol": 64 * np.finfo(float).eps,
            },
        )
        self.coef_, self.intercept_ = unpacked(found.x)
        self.n_iter_ = np.array([found.nit])
        if not found.success:
            warnings.warn(found.message, ConvergenceWarning, stacklevel=2)
        return self


def loss_of(scores: Any, one_hot: Any) -> tuple[Any, Any]:
    """The log loss of each row and the probabilities of its classes, by their scores."""
    if scores.shape[1] == 1:
        return np.logaddexp(0, scores[:, 0]) - (scores * one_hot)[:, 0], expit(scores)
    total = logsumexp(scores, axis=1)
    return total - (scores * one_hot).sum(axis=1), np.exp(scores - total[:, None])
