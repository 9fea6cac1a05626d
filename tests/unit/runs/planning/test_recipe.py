"""Equal recipes have equal digests, and of different ones it can be said what differs."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.runs.planning.recipe import Recipe, differences, digest_of, source_digest

MODULE: Recipe = {
    "contract": 1,
    "module": "split-data",
    "source": source_digest("def azureml_main(): ..."),
    "environment": "default-1",
    "parameters": {"fraction": 0.5, "columns": {"begin": "all", "rules": []}},
    "inputs": {"dataset": "0a.dataset"},
    "binding": "connected",
    "seed": None,
}
DATASET: Recipe = {"contract": 1, "file": "a.csv", "dataset": "0a"}

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats(-2, 2) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=4,
)
NAMES = st.sampled_from(["a", "b", "열"])
RECIPES: st.SearchStrategy[Recipe] = st.fixed_dictionaries(
    {
        "contract": st.integers(1, 2),
        "parameters": st.dictionaries(NAMES, VALUES, max_size=2),
        "inputs": st.dictionaries(NAMES, st.sampled_from(["0a.x", "0b.x"]), max_size=2),
    },
    optional={
        "file": st.sampled_from(["a.csv", "b.csv"]),
        "dataset": st.sampled_from(["0a", "0b"]),
        "module": st.sampled_from(["m", "n"]),
        "source": st.sampled_from(["0a", "0b"]),
        "environment": st.sampled_from(["d", "d numpy"]),
        "binding": st.sampled_from(["connected", "slot"]),
        "seed": st.none() | st.integers(0, 1),
        "draw": st.integers(0, 1),
        "reader": st.sampled_from(["0a", "0b"]),
        "once": st.sampled_from(["", "run-1"]),
    },
)


@given(RECIPES, RECIPES)
def test_digests_differ_exactly_where_something_can_be_said_to(
    before: Recipe, after: Recipe
) -> None:
    assert (digest_of(before) == digest_of(after)) == (not differences(before, after))
    assert bool(differences(before, after)) == bool(differences(after, before))


@given(RECIPES)
def test_the_order_of_keys_and_a_way_through_the_records_change_nothing(recipe: Recipe) -> None:
    backwards = {key: recipe[key] for key in reversed([*recipe])}
    read_back = json.loads(json.dumps(recipe))
    assert digest_of(backwards) == digest_of(recipe) == digest_of(read_back)


def test_a_digest_is_a_name_of_64_digits() -> None:
    digest = digest_of(MODULE)
    assert len(digest) == 64
    assert set(digest) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"module": "join-data"}, "the module"),
        ({"source": source_digest("# another")}, "the script"),
        ({"environment": "default-2"}, "the packages"),
        ({"binding": "slot"}, "the port binding"),
        ({"seed": 0}, "the seed"),
        ({"contract": 2}, "how Studiolo runs scripts"),
        ({"reader": "b"}, "how Studiolo reads files"),
        ({"draw": 7}, "the draw"),
        ({"inputs": {"dataset": "0b.dataset"}}, "the input dataset"),
        ({"inputs": {}}, "the input dataset"),
        ({"once": "run-2"}, "its result may differ each time"),
    ],
)
def test_each_part_has_its_words(change: Recipe, said: str) -> None:
    assert differences(MODULE, {**MODULE, **change}) == [said]


def test_of_a_dataset_the_name_and_the_content_count() -> None:
    assert differences(DATASET, {**DATASET, "file": "a.tsv"}) == ["the dataset's name"]
    assert differences(DATASET, {**DATASET, "dataset": "0b"}) == ["the dataset's content"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({"n": 5}, {"n": 9}, "the parameter n (5 → 9)"),
        ({}, {"n": 9}, "the parameter n (default → 9)"),
        ({"n": 9}, {}, "the parameter n (9 → default)"),
        ({"n": None}, {}, "the parameter n (null → default)"),
        ({"n": 1}, {"n": True}, "the parameter n (1 → true)"),
        ({"n": 1}, {"n": 1.0}, "the parameter n (1 → 1.0)"),
        ({"t": "\ud800"}, {"t": ""}, r'the parameter t ("\ud800" → "")'),
        ({"이름": "값"}, {"이름": "새 값"}, 'the parameter 이름 ("값" → "새 값")'),
    ],
)
def test_parameters_are_told_with_their_values(
    old: dict[str, Any], new: dict[str, Any], said: str
) -> None:
    before, after = {**MODULE, "parameters": old}, {**MODULE, "parameters": new}
    assert differences(before, after) == [said]


def test_a_long_value_is_cut() -> None:
    (said,) = differences(
        {**MODULE, "parameters": {"query": "SELECT " * 1000}},
        {**MODULE, "parameters": {"query": "select"}},
    )
    assert said.endswith('… → "select")')
    assert len(said) < 80


def test_several_changes_are_told_in_an_order_that_stays() -> None:
    after = {**MODULE, "seed": 1, "source": source_digest("#"), "parameters": {}, "inputs": {}}
    assert differences(MODULE, after) == [
        "the script",
        "the seed",
        "the parameter fraction (0.5 → default)",
        'the parameter columns ({"begin": "all", "rules": []} → default)',
        "the input dataset",
    ]


def test_a_text_that_no_file_could_hold_has_a_digest_all_the_same() -> None:
    # Half of a surrogate pair, which YAML can write as an escape.
    assert digest_of({"parameters": {"text": "\ud800"}}) != digest_of({"parameters": {"text": ""}})
