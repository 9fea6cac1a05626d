"""What classic scripts call by names that today's libraries no longer know.

The classic studio's environments were of 2014 to 2016. Most of what its scripts use is still there
under another name, so a failure of this kind comes with that name.
"""

import re
from collections.abc import Mapping

_ADVICE: Mapping[str, str] = {
    r"No module named 'pandas\.tools": "pandas.tools.plotting is pandas.plotting now.",
    r"module 'pandas' has no attribute 'tools'": "pandas.tools.plotting is pandas.plotting now.",
    r"sklearn\.(cross_validation|grid_search)": (
        "sklearn.cross_validation and sklearn.grid_search are sklearn.model_selection now."
    ),
    r"sklearn\.externals": "sklearn.externals.joblib is the library joblib now: `import joblib`.",
    r"sklearn\.preprocessing.*'Imputer'": "Imputer is sklearn.impute.SimpleImputer now.",
    r"object has no attribute 'ix'": "`.ix` is `.loc` for labels and `.iloc` for positions now.",
    r"object has no attribute 'as_matrix'": "`.as_matrix()` is `.to_numpy()` now.",
    r"'(DataFrame|Series)' object has no attribute '(sort|order)'": (
        "`.sort()` and `.order()` are `.sort_values()` or `.sort_index()` now."
    ),
    r"'(DataFrame|Series)' object has no attribute 'append'": (
        "`.append(other)` is `pandas.concat([frame, other])` now."
    ),
    r"object has no attribute 'iteritems'": "`.iteritems()` is `.items()` now.",
    r"module 'numpy' has no attribute '(float|int|bool|object|str)'": (
        "`numpy.float` and its like are Python's own `float`, `int`, `bool`, `object`, `str`."
    ),
    r"Missing parentheses in call to 'print'": (
        "This is Python 2, where print was a statement: write `print(…)`. `2to3` and `futurize` "
        "convert whole scripts."
    ),
    r"name '(xrange|unicode|raw_input|basestring|long)' is not defined": (
        "This is a name of Python 2: xrange is range now, unicode and basestring are str, long is "
        "int."
    ),
    r"No module named '(urllib2|StringIO|ConfigParser|cPickle|Queue)'": (
        "This module is of Python 2: urllib2 is urllib.request now, StringIO is io, cPickle is "
        "pickle, ConfigParser is configparser, Queue is queue."
    ),
}


def advice_for(error: str) -> str:
    """What to write instead, if ``error`` comes from a name of the classic studio's time."""
    for pattern, advice in _ADVICE.items():
        if re.search(pattern, error):
            return advice
    return ""
