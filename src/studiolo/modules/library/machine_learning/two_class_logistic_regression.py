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

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from ..parts.learning.sparse_logistic_regression import MOST_ITERATIONS, SparseLogisticRegression


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
