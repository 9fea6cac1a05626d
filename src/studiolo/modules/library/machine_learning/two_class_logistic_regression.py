# /// script
# [tool.studiolo]
# name = "Two-Class Logistic Regression"
# category = ["Machine Learning", "Initialize Model", "Classification"]
# classic-id = "b0fd7660eeed43c5948720d9cc79ed5d"
# random = false
#
# [tool.studiolo.outputs.untrained_model]
# label = "Untrained model"
# kind = "model"
#
# [tool.studiolo.parameters.optimization_tolerance]
# label = "Optimization tolerance"
# help = "Training ends when the loss hardly falls any more. A smaller number is more exact."
# minimum = 1e-12
#
# [tool.studiolo.parameters.l1_regularization_weight]
# label = "L1 regularization weight"
# help = "How strongly weights are pulled to zero, so that weak features drop out."
# minimum = 0
#
# [tool.studiolo.parameters.l2_regularization_weight]
# label = "L2 regularization weight"
# help = "How strongly large weights are reduced."
# minimum = 0
#
# [tool.studiolo.parameters.random_number_seed]
# label = "Random number seed"
# help = "Has no effect: nothing in the training is random."
# minimum = 0
# maximum = 4294967295
# ///
"""Sets up a logistic regression that distinguishes two classes.

Minimises, like the classic module, whose documentation does not give the constants,

    sum of the log losses of all rows + L1 * sum of |w| + L2 / 2 * sum of w squared

over the weights w of the features; the intercept is free. scikit-learn's LogisticRegression has
the same formula with C = 1 / (L1 + L2) and l1_ratio = L1 / (L1 + L2). Numbers are standardised
first, so that a weight means the same for each of them. The defaults are the classic ones:
tolerance 1e-7, L1 = L2 = 1.

The solver is L-BFGS, as in the classic studio: scikit-learn's or, with an L1 weight, SciPy's
L-BFGS-B; the classic module used the variant OWL-QN there. They find the same weights. The
tolerance applies to the gradient of the mean loss per row. Nothing is random: the seed, which
classic experiments may set, changes nothing.

The label has two values, of any type; the positive class is the greater one.

Left out: "Create trainer mode: Parameter Range"; "Memory size for L-BFGS", which is always 10
steps; "Allow unknown categorical levels", which is always on: an unknown value sets no indicator.
"""

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


def azureml_main(
    *,
    optimization_tolerance: float = 1e-7,
    l1_regularization_weight: float = 1.0,
    l2_regularization_weight: float = 1.0,
    random_number_seed: int | None = None,  # noqa: ARG001  # classic experiments set it
) -> dict[str, Any]:
    """Describe the learner; Train Model fits it."""
    kind = SparseLogisticRegression if l1_regularization_weight else LogisticRegression
    weight = l1_regularization_weight + l2_regularization_weight
    return {
        "learner": "Two-Class Logistic Regression",
        "task": "two-class",
        "scale": "standard",
        "estimator": kind(
            C=1 / weight if weight else np.inf,
            l1_ratio=l1_regularization_weight / weight if weight else 0.0,
            tol=optimization_tolerance,
            max_iter=MOST_ITERATIONS,
        ),
    }
