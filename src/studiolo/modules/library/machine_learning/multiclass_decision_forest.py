# /// script
# [tool.studiolo]
# name = "Multiclass Decision Forest"
# category = ["Machine Learning", "Initialize Model", "Classification"]
# classic-id = "5e70108d2e4445d986e894f37c68fe86"
# random = false
#
# [tool.studiolo.outputs.untrained_model]
# label = "Untrained model"
# kind = "model"
#
# [tool.studiolo.parameters.resampling_method]
# label = "Resampling method"
# help = "Bagging grows each tree on rows drawn with replacement, Replicate on all rows."
#
# [tool.studiolo.parameters.number_of_decision_trees]
# label = "Number of decision trees"
# minimum = 1
#
# [tool.studiolo.parameters.maximum_depth_of_the_decision_trees]
# label = "Maximum depth of the decision trees"
# minimum = 1
#
# [tool.studiolo.parameters.minimum_number_of_samples_per_leaf_node]
# label = "Minimum number of samples per leaf node"
# minimum = 1
#
# [tool.studiolo.parameters.random_number_seed]
# label = "Random number seed"
# help = "Empty: a different forest in each training."
# minimum = 0
# maximum = 4294967295
# ///
"""Sets up a forest of decision trees that distinguishes several classes.

The trees of a forest each see the data differently. For each row, a tree gives the shares of the
classes in the leaf that the row falls into, and the forest gives the mean of these shares. That is
scikit-learn's RandomForestClassifier. Bagging, trees, depth and rows in a leaf map one to one and
have the classic defaults: Bagging, 8, 32 and 1.

The label has two or more values, of any type.

Differs: at each node, scikit-learn looks for the best threshold in a random choice of features (as
many as the square root of their number); the classic forest tried 128 random splits. So "Number of
random splits per node" has no counterpart and is left out. The classic module had no seed; ours
has one, so that a run can be repeated.

Also left out: "Create trainer mode: Parameter Range"; "Allow unknown values for categorical
features", which is always on: an unknown value sets no indicator.
"""

from typing import Any, Literal

from sklearn.ensemble import RandomForestClassifier


def azureml_main(
    *,
    resampling_method: Literal["Bagging", "Replicate"] = "Bagging",
    number_of_decision_trees: int = 8,
    maximum_depth_of_the_decision_trees: int = 32,
    minimum_number_of_samples_per_leaf_node: int = 1,
    random_number_seed: int | None = None,
) -> dict[str, Any]:
    """Describe the learner; Train Model fits it."""
    return {
        "learner": "Multiclass Decision Forest",
        "task": "multiclass",
        "scale": "none",
        "estimator": RandomForestClassifier(
            n_estimators=number_of_decision_trees,
            max_depth=maximum_depth_of_the_decision_trees,
            min_samples_leaf=minimum_number_of_samples_per_leaf_node,
            bootstrap=resampling_method == "Bagging",
            random_state=random_number_seed,
        ),
    }
