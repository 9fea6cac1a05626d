"""The cross-validation of scikit-learn before 0.20: iterators that know their data's length.

The folds are those of scikit-learn 0.17; today's `StratifiedKFold` deals rows out differently.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

_OLD_SCORES = ("mean_squared_error", "mean_absolute_error", "median_absolute_error", "log_loss")


class _Folds:
    """Pairs of training and test rows, as arrays of positions."""

    n: int

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        rows = np.arange(self.n)
        for test in self._tests():
            chosen = np.zeros(self.n, dtype=bool)
            chosen[test] = True
            yield rows[~chosen], rows[chosen]

    def _tests(self) -> Iterator[Any]:
        raise NotImplementedError


class KFold(_Folds):
    """Consecutive folds of n rows, or shuffled ones."""

    def __init__(
        self, n: int, n_folds: int = 3, shuffle: bool = False, random_state: Any = None
    ) -> None:
        self.n, self.n_folds = int(n), n_folds
        self.idxs = np.arange(self.n)
        if n_folds < 2 or n_folds > self.n:
            raise ValueError(f"Cannot have number of folds n_folds={n_folds} for {n} samples.")
        if shuffle:
            check_random_state(random_state).shuffle(self.idxs)

    def __len__(self) -> int:
        return self.n_folds

    def _tests(self) -> Iterator[Any]:
        yield from np.array_split(self.idxs, self.n_folds)


class StratifiedKFold(_Folds):
    """Folds with the same share of each class: those of `KFold` over the rows of each class."""

    def __init__(
        self, y: Any, n_folds: int = 3, shuffle: bool = False, random_state: Any = None
    ) -> None:
        y = np.asarray(y)
        self.n, self.n_folds = len(y), n_folds
        labels, counts = np.unique(y, return_counts=True)
        if counts.max() < n_folds:
            raise ValueError(f"All the n_labels for individual classes are less than {n_folds}.")
        random = check_random_state(random_state) if shuffle else None
        self.test_folds = np.zeros(self.n, dtype=int)
        for label, count in zip(labels, counts, strict=True):
            folds = KFold(max(count, n_folds), n_folds, shuffle, random)
            of_label = np.zeros(max(count, n_folds), dtype=int)
            for number, test in enumerate(folds._tests()):
                of_label[test] = number
            self.test_folds[y == label] = of_label[:count]

    def __len__(self) -> int:
        return self.n_folds

    def _tests(self) -> Iterator[Any]:
        for number in range(self.n_folds):
            yield self.test_folds == number


class LeaveOneOut(_Folds):
    """A fold for each row."""

    def __init__(self, n: int) -> None:
        self.n = int(n)

    def __len__(self) -> int:
        return self.n

    def _tests(self) -> Iterator[Any]:
        yield from range(self.n)


class LeavePOut(_Folds):
    """A fold for each choice of p rows."""

    def __init__(self, n: int, p: int) -> None:
        self.n, self.p = int(n), p

    def _tests(self) -> Iterator[Any]:
        for chosen in combinations(range(self.n), self.p):
            yield list(chosen)


class LabelKFold(_Folds):
    """Folds that keep the rows of a label together."""

    def __init__(self, labels: Any, n_folds: int = 3) -> None:
        from sklearn.model_selection import GroupKFold

        self.labels, self.n, self.n_folds = np.asarray(labels), len(labels), n_folds
        self._split = GroupKFold(n_folds)

    def _tests(self) -> Iterator[Any]:
        for _, test in self._split.split(self.labels, groups=self.labels):
            yield test


class LeaveOneLabelOut(_Folds):
    """A fold for each label."""

    def __init__(self, labels: Any) -> None:
        self.labels, self.n = np.asarray(labels), len(labels)

    def __len__(self) -> int:
        return len(np.unique(self.labels))

    def _tests(self) -> Iterator[Any]:
        for label in np.unique(self.labels):
            yield self.labels == label


class ShuffleSplit:
    """Random splits of n rows."""

    def __init__(
        self,
        n: int,
        n_iter: int = 10,
        test_size: Any = 0.1,
        train_size: Any = None,
        random_state: Any = None,
    ) -> None:
        from sklearn.model_selection import ShuffleSplit as Today

        self.n, self.n_iter = int(n), n_iter
        self._split = Today(
            n_iter, test_size=test_size, train_size=train_size, random_state=random_state
        )

    def __len__(self) -> int:
        return self.n_iter

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        yield from self._split.split(np.zeros(self.n))


class StratifiedShuffleSplit:
    """Random splits with the same share of each class."""

    def __init__(
        self,
        y: Any,
        n_iter: int = 10,
        test_size: Any = 0.1,
        train_size: Any = None,
        random_state: Any = None,
    ) -> None:
        from sklearn.model_selection import StratifiedShuffleSplit as Today

        self.y, self.n_iter = np.asarray(y), n_iter
        self._split = Today(
            n_iter, test_size=test_size, train_size=train_size, random_state=random_state
        )

    def __len__(self) -> int:
        return self.n_iter

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        yield from self._split.split(np.zeros(len(self.y)), self.y)


def folds_of(cv: Any, y: Any, *, rows: int, classifies: bool) -> list[tuple[Any, Any]]:
    """The folds that ``cv`` means: None is 3 of them; classes are spread for a classifier."""
    from sklearn.utils.multiclass import type_of_target

    if cv is None:
        cv = 3
    if not isinstance(cv, int | np.integer):
        # Iterators of the time, or what today's objects give.
        return list(cv.split(np.zeros(rows), y) if hasattr(cv, "split") else cv)
    spread = classifies and y is not None and type_of_target(y) in ("binary", "multiclass")
    return list(StratifiedKFold(y, int(cv)) if spread else KFold(rows, int(cv)))


def scoring_today(scoring: Any) -> Any:
    """Today's name of a score; losses were negative without saying so."""
    return f"neg_{scoring}" if scoring in _OLD_SCORES else scoring
