"""Statistical tests of SciPy 1.10 with the p-values that they gave in 0.18.

They were approximate for small samples as well.
"""

import math
from typing import Any, NamedTuple

import numpy as np

#: The root of 2 in these libraries.
_ROOT = 1.4142136


class Ks_2sampResult(NamedTuple):  # noqa: N801  # its name
    """The outcome of a test of Kolmogorov and Smirnov."""

    statistic: float
    pvalue: float


def adapt(stats: Any) -> None:
    """Give the tests their old p-values."""
    ranks, tau, two_samples = stats.mannwhitneyu, stats.kendalltau, stats.ks_2samp
    signed = stats.wilcoxon

    def mannwhitneyu(
        x: Any, y: Any, use_continuity: bool = True, alternative: str | None = None
    ) -> Any:
        found = ranks(x, y, use_continuity, alternative or "two-sided", method="asymptotic")
        if alternative is not None:
            return found
        # The p-value was that of one side.
        least = min(found.statistic, np.size(x) * np.size(y) - found.statistic)
        return type(found)(least, found.pvalue / 2)

    def wilcoxon(
        x: Any, y: Any = None, zero_method: str = "wilcox", correction: bool = False, **options: Any
    ) -> Any:
        return signed(x, y, zero_method, correction, **{"method": "approx", **options})

    def kendalltau(x: Any, y: Any, initial_lexsort: Any = None, **options: Any) -> Any:
        found = tau(x, y, **options)
        count = np.size(x)
        if options or count < 2:
            return found
        spread = (4 * count + 10) / (9 * count * (count - 1))
        p_value = math.erfc(abs(found.statistic) / math.sqrt(spread) / _ROOT)
        return type(found)(found.statistic, p_value)

    def ks_2samp(data1: Any, data2: Any, **options: Any) -> Any:
        found = two_samples(data1, data2, **options)
        if options:
            return found
        first, second = np.size(data1), np.size(data2)
        size = math.sqrt(first * second / (first + second))
        p_value = stats.kstwobign.sf((size + 0.12 + 0.11 / size) * found.statistic)
        return Ks_2sampResult(found.statistic, p_value)

    stats.mannwhitneyu, stats.wilcoxon = mannwhitneyu, wilcoxon
    stats.kendalltau, stats.ks_2samp = kendalltau, ks_2samp
