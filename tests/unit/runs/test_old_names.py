import pytest

from studiolo.runs.old_names import advice_for


@pytest.mark.parametrize(
    ("error", "named"),
    [
        ("ModuleNotFoundError: No module named 'pandas.tools'", "pandas.plotting"),
        ("AttributeError: 'DataFrame' object has no attribute 'ix'", ".iloc"),
        ("AttributeError: 'DataFrame' object has no attribute 'as_matrix'", ".to_numpy()"),
        ("AttributeError: 'DataFrame' object has no attribute 'sort'", ".sort_values()"),
        ("AttributeError: 'Series' object has no attribute 'append'", "pandas.concat"),
        ("ModuleNotFoundError: No module named 'sklearn.cross_validation'", "model_selection"),
        ("SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?", "print("),
        ("NameError: name 'xrange' is not defined", "range"),
        ("ModuleNotFoundError: No module named 'urllib2'", "urllib.request"),
    ],
)
def test_a_classic_name_comes_with_what_it_is_called_now(error: str, named: str) -> None:
    assert named in advice_for(error)


@pytest.mark.parametrize(
    "error",
    [
        "ValueError: x must be positive",
        "AttributeError: 'list' object has no attribute 'sorted'",
        "AttributeError: 'Basket' object has no attribute 'append'",
        "ModuleNotFoundError: No module named 'seabron'",
    ],
)
def test_other_errors_get_no_advice(error: str) -> None:
    assert advice_for(error) == ""
