"""The one table of retired calls, for all that read scripts, explain errors or write pages."""

from typing import Final

from studiolo.old_code.later_calls import LATER_NUMERIC, LATER_PANDAS, LATER_SCIKIT_LEARN
from studiolo.old_code.library_calls import AZURE, NUMERIC, PLOTTING
from studiolo.old_code.pandas_calls import PANDAS
from studiolo.old_code.pandas_meanings import PANDAS_MEANINGS
from studiolo.old_code.python2_calls import PYTHON_2
from studiolo.old_code.retired_call import RetiredCall
from studiolo.old_code.sklearn_calls import SCIKIT_LEARN

#: By the library that had them.
BY_LIBRARY: Final = {
    "pandas": (*PANDAS, *PANDAS_MEANINGS, *LATER_PANDAS),
    "scikit-learn": (*SCIKIT_LEARN, *LATER_SCIKIT_LEARN),
    "Matplotlib": PLOTTING,
    "NumPy, SciPy and others": (*NUMERIC, *LATER_NUMERIC),
    "Azure ML": AZURE,
    "Python 2": PYTHON_2,
}
RETIRED_CALLS: Final[tuple[RetiredCall, ...]] = tuple(
    call for calls in BY_LIBRARY.values() for call in calls
)
