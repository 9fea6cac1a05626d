# /// script
# [tool.studiolo]
# name = "Boosted Decision Tree Regression"
# category = ["Machine Learning", "Initialize Model", "Regression"]
# classic-id = "0207d2526c414c7784c373bdf1ac5960"
# random = false
#
# [tool.studiolo.outputs.untrained_model]
# label = "Untrained model"
# kind = "model"
#
# [tool.studiolo.parameters.maximum_number_of_leaves_per_tree]
# label = "Maximum number of leaves per tree"
# minimum = 2
#
# [tool.studiolo.parameters.minimum_number_of_samples_per_leaf_node]
# label = "Minimum number of samples per leaf node"
# minimum = 1
#
# [tool.studiolo.parameters.learning_rate]
# label = "Learning rate"
# help = "How much of each tree's correction is applied."
# minimum = 1e-9
# maximum = 1
#
# [tool.studiolo.parameters.total_number_of_trees_constructed]
# label = "Total number of trees constructed"
# minimum = 1
#
# [tool.studiolo.parameters.random_number_seed]
# label = "Random number seed"
# help = "Matters only for more than 200,000 rows."
# minimum = 0
# maximum = 4294967295
# ///
"""Sets up boosted decision trees that predict a number.

Each tree corrects the ones before it: a regression tree is fitted to the gradient of the squared
error, over features sorted into bins, and grown best leaf first. That is the algorithm of the
classic module and of scikit-learn's HistGradientBoostingRegressor. All parameters map one to one
and have the classic defaults: 20 leaves, 10 rows in a leaf, learning rate 0.2, 100 trees. A tree
has at least two leaves (the classic minimum of one made no tree). All trees are built:
scikit-learn's early stopping is off. Up to 200,000 rows nothing is random; beyond that, the bins
are found in a sample of the rows, which the seed draws.

The label is a number.

A text that occurs in fewer rows than a leaf needs gets no indicator, because it could not split a
node. The trees are the same, and columns of many different texts need less memory.

Left out: "Create trainer mode: Parameter Range"; "Allow unknown categorical levels", which is
always on: an unknown value sets no indicator.
"""

from typing import Any

from sklearn.ensemble import HistGradientBoostingRegressor


def azureml_main(
    *,
    maximum_number_of_leaves_per_tree: int = 20,
    minimum_number_of_samples_per_leaf_node: int = 10,
    learning_rate: float = 0.2,
    total_number_of_trees_constructed: int = 100,
    random_number_seed: int | None = None,
) -> dict[str, Any]:
    """Describe the learner; Train Model fits it."""
    return {
        "learner": "Boosted Decision Tree Regression",
        "task": "regression",
        "scale": "none",
        # An indicator of fewer rows could never split a node.
        "rarest": minimum_number_of_samples_per_leaf_node,
        "estimator": HistGradientBoostingRegressor(
            max_leaf_nodes=maximum_number_of_leaves_per_tree,
            min_samples_leaf=minimum_number_of_samples_per_leaf_node,
            learning_rate=learning_rate,
            max_iter=total_number_of_trees_constructed,
            max_depth=None,
            early_stopping=False,
            random_state=random_number_seed,
        ),
    }
