# /// script
# [tool.studiolo]
# name = "Linear Regression"
# category = ["Machine Learning", "Initialize Model", "Regression"]
# classic-id = "31960a6f789b4cf788d62e1152c0bd1a"
# random = false
#
# [tool.studiolo.outputs.untrained_model]
# label = "Untrained model"
# kind = "model"
#
# [tool.studiolo.parameters.solution_method]
# label = "Solution method"
#
# [tool.studiolo.parameters.l2_regularization_weight]
# label = "L2 regularization weight"
# help = "How strongly large weights are reduced."
# minimum = 0
#
# [tool.studiolo.parameters.include_intercept_term]
# label = "Include intercept term"
# help = "Ordinary Least Squares only."
# used-if = { solution_method = ["Ordinary Least Squares"] }
#
# [tool.studiolo.parameters.normalize_features]
# label = "Normalize features"
# help = "Online Gradient Descent only: scales each feature to the range from 0 to 1."
# used-if = { solution_method = ["Online Gradient Descent"] }
#
# [tool.studiolo.parameters.average_final_hypothesis]
# label = "Average final hypothesis"
# help = "Online Gradient Descent only: uses the mean of all steps' weights, not the last ones."
# used-if = { solution_method = ["Online Gradient Descent"] }
#
# [tool.studiolo.parameters.learning_rate]
# label = "Learning rate"
# help = "Online Gradient Descent only."
# minimum = 1e-9
# used-if = { solution_method = ["Online Gradient Descent"] }
#
# [tool.studiolo.parameters.number_of_training_epochs]
# label = "Number of training epochs"
# help = "Online Gradient Descent only: how often to go through all rows. Few rows need more."
# minimum = 1
# used-if = { solution_method = ["Online Gradient Descent"] }
#
# [tool.studiolo.parameters.decrease_learning_rate]
# label = "Decrease learning rate"
# help = "Online Gradient Descent only: divides step n by the square root of n."
# used-if = { solution_method = ["Online Gradient Descent"] }
#
# [tool.studiolo.parameters.random_number_seed]
# label = "Random number seed"
# help = "Online Gradient Descent only. Empty: a different order of the rows in each training."
# minimum = 0
# maximum = 4294967295
# used-if = { solution_method = ["Online Gradient Descent"] }
# ///
"""Sets up a linear regression, which predicts a number as a weighted sum of the features.

Ordinary Least Squares minimises, like the classic module,

    sum of the squared errors + L2 * sum of w squared

over the weights w, in the units of the features; the intercept is free. That is scikit-learn's
Ridge.

Online Gradient Descent takes a step after each row, in random order, down the slope of

    half the mean squared error + L2 / 2 * sum of w squared

That is scikit-learn's SGDRegressor. All classic parameters have a counterpart and their classic
defaults: learning rate 0.1, 10 epochs, L2 = 0.001, features normalised, rate decreased, weights
averaged. As in the classic studio, use this method for data that are too large for the other one;
on few rows, or with features that are not normalised, its result can be far off.

The label is a number.

Left out: "Create trainer mode: Parameter Range"; "Allow unknown categorical levels", which is
always on: an unknown value sets no indicator. There is at least one epoch (the classic module
allowed none).
"""

from typing import Any, Literal

from sklearn.linear_model import Ridge, SGDRegressor


def azureml_main(
    *,
    solution_method: Literal[
        "Ordinary Least Squares", "Online Gradient Descent"
    ] = "Ordinary Least Squares",
    l2_regularization_weight: float = 0.001,
    include_intercept_term: bool = True,
    normalize_features: bool = True,
    average_final_hypothesis: bool = True,
    learning_rate: float = 0.1,
    number_of_training_epochs: int = 10,
    decrease_learning_rate: bool = True,
    random_number_seed: int | None = None,
) -> dict[str, Any]:
    """Describe the learner; Train Model fits it."""
    scale = "none"
    if solution_method == "Ordinary Least Squares":
        estimator = Ridge(alpha=l2_regularization_weight, fit_intercept=include_intercept_term)
    else:
        estimator = SGDRegressor(
            alpha=l2_regularization_weight,
            average=average_final_hypothesis,
            eta0=learning_rate,
            learning_rate="invscaling" if decrease_learning_rate else "constant",
            power_t=0.5,
            max_iter=number_of_training_epochs,
            tol=None,
            random_state=random_number_seed,
        )
        scale = "range" if normalize_features else "none"
    return {
        "learner": "Linear Regression",
        "task": "regression",
        "scale": scale,
        "estimator": estimator,
    }
