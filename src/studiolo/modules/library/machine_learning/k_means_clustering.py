# /// script
# [tool.studiolo]
# name = "K-Means Clustering"
# category = ["Machine Learning", "Initialize Model", "Clustering"]
# classic-id = "5049a09bbd904c4e9b467c87e3a36810"
# random = false
#
# [tool.studiolo.outputs.untrained_model]
# label = "Untrained model"
# kind = "model"
#
# [tool.studiolo.parameters.number_of_centroids]
# label = "Number of centroids"
# minimum = 2
#
# [tool.studiolo.parameters.initialization]
# label = "Initialization"
# help = "Where the centroids start: at rows far apart, at random rows, or at the first rows."
#
# [tool.studiolo.parameters.normalize_features]
# label = "Normalize features"
# help = "Standardises numbers, so that all count equally, whatever their units."
#
# [tool.studiolo.parameters.iterations]
# label = "Iterations"
# help = "How often the centroids are moved, at most."
# minimum = 1
#
# [tool.studiolo.parameters.random_number_seed]
# label = "Random number seed"
# help = "Empty: a different start in each training."
# minimum = 0
# maximum = 4294967295
# ///
"""Sets up a k-means clustering, which groups rows around a given number of centres.

Lloyd's algorithm, started once: rows go to the nearest centroid and centroids move to the mean of
their rows, until no row changes its cluster or the iterations are used up. That is scikit-learn's
KMeans with one initialisation and a tolerance of zero. Classic defaults: 2 centroids, K-Means++,
100 iterations, Euclidean distance.

Differs: "Random" starts at random rows; the classic module first put the rows into random
clusters. "Normalize features" is in the documentation of the classic module's successor, not in
its own, so it is off by default: classic distances are in the units of the columns.

Left out: "Create trainer mode: Parameter Range"; the metric Cosine and the initialisations
K-Means++Fast, Evenly and Use label column, which scikit-learn does not have; "Assign label mode",
because you choose the columns in Train Clustering Model.
"""

from typing import Any, Literal

from scipy.sparse import issparse
from sklearn.cluster import KMeans


def first_rows(features: Any, count: int, random_state: Any) -> Any:
    """Begin at the first rows; scikit-learn calls it when training begins."""
    del random_state  # the call's third argument: there is nothing random in this
    rows = features[:count]
    # A copy: scikit-learn moves the centroids in place, and would move the rows.
    return rows.toarray() if issparse(rows) else rows.copy()


def azureml_main(
    *,
    number_of_centroids: int = 2,
    initialization: Literal["K-Means++", "Random", "First N"] = "K-Means++",
    normalize_features: bool = False,
    iterations: int = 100,
    random_number_seed: int | None = None,
) -> dict[str, Any]:
    """Describe the learner; Train Clustering Model fits it."""
    beginnings = {"K-Means++": "k-means++", "Random": "random", "First N": first_rows}
    return {
        "learner": "K-Means Clustering",
        "task": "clustering",
        "scale": "standard" if normalize_features else "none",
        "estimator": KMeans(
            n_clusters=number_of_centroids,
            init=beginnings[initialization],
            n_init=1,
            max_iter=iterations,
            tol=0.0,
            random_state=random_number_seed,
        ),
    }
