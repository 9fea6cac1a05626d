# /// script
# [tool.studiolo]
# name = "Multiclass Logistic Regression"
# category = ["Machine Learning", "Initialize Model", "Classification"]
# classic-id = "1d195fe598cd4e1aa1c8076aaa3e02c3"
#
# [tool.studiolo.outputs.untrained_model]
# label = "Untrained model"
# kind = "model"
#
# [tool.studiolo.parameters.optimization_tolerance]
# label = "Optimization tolerance"
# help = "Training ends when the weights hardly change any more; less is more exact."
# minimum = 1e-12
#
# [tool.studiolo.parameters.l1_regularization_weight]
# label = "L1 regularization weight"
# help = "How strongly weights are drawn to zero, so that weak features drop out."
# minimum = 0
#
# [tool.studiolo.parameters.l2_regularization_weight]
# label = "L2 regularization weight"
# help = "How strongly large weights are held down."
# minimum = 0
#
# [tool.studiolo.parameters.random_number_seed]
# label = "Random number seed"
# help = "Leave it empty for another order of the rows in each training."
# minimum = 0
# maximum = 4294967295
# ///
"""Sets up a logistic regression that tells several classes apart.

Minimises, like the classic module, whose documentation leaves the constants open,

    sum of the log losses of all rows + L1 * sum of |w| + L2 / 2 * sum of w squared

over the weights w of the features; the intercept is free. scikit-learn's LogisticRegression states
the same as C = 1 / (L1 + L2) and l1_ratio = L1 / (L1 + L2). Numbers are standardised first, so
that a weight means the same for each of them. Defaults are the classic ones: tolerance 1e-7, L1 =
L2 = 1.

With an L1 weight the solver is SAGA, which goes through the rows in random order: the seed matters
only then, and only beyond the tolerance, which is the greatest relative change of a weight. Without
one it is L-BFGS, as in the classic studio, and the tolerance is that of the gradient.

The label has two or more values, of any type.

Left out: "Create trainer mode: Parameter Range"; "Memory size for L-BFGS", which scikit-learn
fixes at 10 steps; "Allow unknown categorical levels", which is always on: an unknown value counts
as none.
"""

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

#: Passes over the rows before training gives up and says so. Most data need far fewer.
MOST_ITERATIONS = 5000


def azureml_main(
    *,
    optimization_tolerance: float = 1e-7,
    l1_regularization_weight: float = 1.0,
    l2_regularization_weight: float = 1.0,
    random_number_seed: int | None = None,
) -> dict[str, Any]:
    """Describe the learner; Train Model fits it."""
    weight = l1_regularization_weight + l2_regularization_weight
    return {
        "learner": "Multiclass Logistic Regression",
        "task": "multiclass",
        "scale": True,
        "estimator": LogisticRegression(
            C=1 / weight if weight else np.inf,
            l1_ratio=l1_regularization_weight / weight if weight else 0.0,
            solver="saga" if l1_regularization_weight else "lbfgs",
            tol=optimization_tolerance,
            max_iter=MOST_ITERATIONS,
            random_state=random_number_seed,
        ),
    }
