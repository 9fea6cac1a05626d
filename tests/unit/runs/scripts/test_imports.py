"""What a script imports is found by reading it, wherever the import stands."""

import pytest

from studiolo.runs.scripts.imports import imported_modules, worth_preloading

SLOW = ("sklearn.ensemble", "sklearn.metrics", "scipy.stats", "matplotlib.pyplot", "seaborn")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pandas", {"pandas"}),
        ("import pandas as pd, numpy", {"pandas", "numpy"}),
        ("import scipy.stats", {"scipy.stats"}),
        ("from scipy import stats", {"scipy", "scipy.stats"}),
        ("from sklearn.ensemble import A as B", {"sklearn.ensemble", "sklearn.ensemble.A"}),
        ("def azureml_main():\n    if 1:\n        import json\n", {"json"}),
        ("try:\n    import a\nexcept ImportError:\n    import b\n", {"a", "b"}),
        ("from . import mine", set()),
        ("from .mine import thing", set()),
        ("from os import *", {"os", "os.*"}),
        ("'import os'  # import sys", set()),
        ("import os; this is no Python", set()),
        ("import os\0", set()),
        ("import os\nx = " + "-" * 100_000 + "1", set()),
        ("import os\nx = " + "not " * 100_000 + "1", set()),
        ("import os\nx = " + "(" * 100_000, {"os"}),
        ("import urllib2\nprint 1", {"urllib2"}),
        ("import os\nx = x" + ".a" * 100_000, set()),
        ("", set()),
    ],
)
def test_modules_that_a_script_imports(source: str, found: set[str]) -> None:
    assert imported_modules(source) == found


def test_a_line_that_is_nested_too_deep_to_be_read_is_left_out() -> None:
    assert imported_modules("import os\nx = " + "(" * 5000 + ")" * 5000) == {"os"}


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("import json", set()),
        ("from scipy import stats", {"scipy.stats"}),
        ("from sklearn.ensemble import RandomForestClassifier", {"sklearn.ensemble"}),
        ("import sklearn", set()),
        (
            "import matplotlib.pyplot as plt",
            {"matplotlib.pyplot", "matplotlib.backends.backend_agg"},
        ),
        ("import seaborn", {"seaborn", "matplotlib.backends.backend_agg"}),
    ],
)
def test_of_these_the_slow_ones_are_worth_a_start_beforehand(source: str, wanted: set[str]) -> None:
    assert worth_preloading(imported_modules(source), SLOW) == wanted
