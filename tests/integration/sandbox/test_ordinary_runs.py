from .places import Place, assert_works


def test_an_ordinary_script_runs(place: Place) -> None:
    assert_works(place)
