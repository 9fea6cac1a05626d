"""Scores of scikit-learn 1.2 that had other values in 0.17."""

from typing import Any

import numpy as np


def adapt(metrics: Any) -> None:
    """Give scores their old values."""
    _average_classes(metrics)
    _adapt_curves(metrics)
    _adapt_scores(metrics)


def _average_classes(metrics: Any) -> None:
    """Give scores of several classes their weighted average."""
    from sklearn.utils.multiclass import type_of_target

    def averaged(today: Any) -> Any:
        def score(y_true: Any, y_pred: Any, *args: Any, **options: Any) -> Any:
            several = "multiclass" in (type_of_target(y_true), type_of_target(y_pred))
            if several and "average" not in options:
                options["average"] = "weighted"
            return today(y_true, y_pred, *args, **options)

        score.__name__, score.__doc__ = today.__name__, today.__doc__
        return score

    for name in ("f1_score", "precision_score", "recall_score", "fbeta_score"):
        setattr(metrics, name, averaged(getattr(metrics, name)))


def _adapt_curves(metrics: Any) -> None:
    """Give curves the points that they had, the area under one of them, and `auc` its `reorder`."""
    area, roc, precision_recall = metrics.auc, metrics.roc_curve, metrics.precision_recall_curve

    def auc(x: Any, y: Any, reorder: bool = False) -> float:
        if reorder:
            order = np.lexsort((y, x))
            x, y = np.asarray(x)[order], np.asarray(y)[order]
        return float(area(x, y))

    def roc_curve(*args: Any, **options: Any) -> tuple[Any, Any, Any]:
        found: tuple[Any, Any, Any] = roc(*args, **options)
        # The point (0, 0) came first only where the next one was not above it.
        begin = 0 if len(found[0]) > 1 and found[0][1] > 0 else 1
        return found[0][begin:], found[1][begin:], found[2][begin:]

    def precision_recall_curve(*args: Any, **options: Any) -> tuple[Any, Any, Any]:
        precision, recall, thresholds = precision_recall(*args, **options)
        # The curve ended where it had found everything.
        begin = max(int(np.sum(recall == 1)) - 1, 0)
        return precision[begin:], recall[begin:], thresholds[begin:]

    def average_precision_score(
        y_true: Any, y_score: Any, average: Any = "macro", sample_weight: Any = None
    ) -> Any:
        from sklearn.metrics._base import _average_binary_score

        def trapezoids(y_true: Any, y_score: Any, sample_weight: Any = None) -> float:
            precision, recall, _ = precision_recall_curve(
                y_true, y_score, sample_weight=sample_weight
            )
            return auc(recall, precision)

        return _average_binary_score(
            trapezoids, y_true, y_score, average, sample_weight=sample_weight
        )

    metrics.auc, metrics.roc_curve = auc, roc_curve
    metrics.precision_recall_curve = precision_recall_curve
    metrics.average_precision_score = average_precision_score


def _adapt_scores(metrics: Any) -> None:
    """Give scores the defaults that they had."""
    r2 = metrics.r2_score

    def with_default(today: Any, name: str, value: Any) -> Any:
        def score(*args: Any, **options: Any) -> Any:
            return today(*args, **{name: value, **options})

        score.__name__, score.__doc__ = today.__name__, today.__doc__
        return score

    def r2_score(y_true: Any, y_pred: Any, **options: Any) -> Any:
        if np.ndim(y_true) > 1 and np.shape(y_true)[1] > 1:
            options.setdefault("multioutput", "variance_weighted")
        return r2(y_true, y_pred, **options)

    for name, argument, value in (
        ("normalized_mutual_info_score", "average_method", "geometric"),
        ("adjusted_mutual_info_score", "average_method", "max"),
        ("log_loss", "eps", 1e-15),
    ):
        setattr(metrics, name, with_default(getattr(metrics, name), argument, value))
    metrics.r2_score = r2_score
