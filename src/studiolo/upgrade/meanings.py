"""Rules for calls that mean something else today, or take arguments by other names."""

import ast
import re
from collections.abc import Callable, Mapping
from typing import Final

from studiolo.python_source import parsed_expression
from studiolo.upgrade.called import Called, unquoted
from studiolo.upgrade.facts import Facts

#: The new text of a call; None to leave it.
Rule = Callable[[Called, Facts], str | None]

_CRITERIA: Final = {"mse": "squared_error", "mae": "absolute_error"}
_LOSSES: Final = {"ls": "squared_error", "lad": "absolute_error", "deviance": "log_loss"}


def _extreme(new: str) -> Rule:
    def rule(call: Called, facts: Facts) -> str | None:
        column = re.fullmatch(r"(\w+)(?:\[(['\"])[^'\"]+\2\]|\.\w+)", call.on)
        if call.positional or call.named or column is None or not facts.is_old:
            return None
        return f"{call.on}.{new}()" if column[1] in facts.frames else None

    return rule


def _extract(call: Called, facts: Facts) -> str | None:
    pattern = call.positional[0] if len(call.positional) == 1 else ""
    text = re.fullmatch(r"[rRuU]*(['\"])(.*)\1", pattern)
    if not call.on.endswith(".str") or "expand" in call.named or not text or not facts.is_old:
        return None
    try:
        groups = re.compile(text[2]).groups
    except re.error:
        return None
    return f"{call.text(f'{call.on}.extract')[:-1]}, expand=False)" if groups == 1 else None


def _match(call: Called, _: Facts) -> str | None:
    if call.named.get("as_indexer") != "True":
        return None
    return call.text(f"{call.on}.match", without=("as_indexer",))


def _keep(name: str) -> Rule:
    def rule(call: Called, _: Facts) -> str | None:
        last = call.named.get("take_last")
        if last not in ("True", "False"):
            return None
        kept = '"last"' if last == "True" else '"first"'
        named = {("keep" if k == "take_last" else k): v for k, v in call.named.items()}
        moved = Called(on=call.on, positional=call.positional, named={**named, "keep": kept})
        return moved.text(f"{call.on}.{name}")

    return rule


def _colours(call: Called, _: Facts) -> str | None:
    if len(call.positional) != 1:
        return None
    return f"{call.on}.set_prop_cycle(color={call.positional[0]})"


METHODS: Final[Mapping[str, list[Rule]]] = {
    "argmax": [_extreme("idxmax")],
    "argmin": [_extreme("idxmin")],
    "extract": [_extract],
    "match": [_match],
    "drop_duplicates": [_keep("drop_duplicates")],
    "duplicated": [_keep("duplicated")],
    "set_color_cycle": [_colours],
}


def _coerce(call: Called, facts: Facts) -> str | None:
    if call.named.get("coerce") != "True":
        return None
    text = call.text(f"{facts.pandas}.to_datetime", without=("coerce",))
    return f'{text[:-1]}, errors="coerce")'


def _concat(call: Called, facts: Facts) -> str | None:
    """With the labels that `join_axes` gave put in place afterwards."""
    axes = re.fullmatch(r"\[([^,]+)\]", call.named.get("join_axes", ""))
    if axes is None:
        return None
    text = call.text(f"{facts.pandas}.concat", without=("join_axes",))
    by_rows = call.named.get("axis") in ("1", '"columns"', "'columns'")
    return f"{text}.reindex({axes[1]})" if by_rows else f"{text}.reindex(columns={axes[1]})"


def _sorted_columns(call: Called, facts: Facts) -> str | None:
    """A frame of a dict, with the columns in the order that they had."""
    if len(call.positional) != 1 or "columns" in call.named or not facts.is_old:
        return None
    tree = parsed_expression(call.positional[0].strip())
    if not isinstance(tree, ast.Dict):
        return None
    names = [key.value for key in tree.keys if isinstance(key, ast.Constant)]
    texts = [name for name in names if isinstance(name, str)]
    if len(texts) != len(tree.keys) or texts == sorted(texts):
        return None
    listed = ", ".join(f'"{name}"' for name in sorted(texts))
    return f"{call.text(f'{facts.pandas}.DataFrame')[:-1]}, columns=[{listed}])"


FUNCTIONS: Final[Mapping[str, Rule]] = {
    "pandas.to_datetime": _coerce,
    "pandas.concat": _concat,
    "pandas.DataFrame": _sorted_columns,
}


def _default(name: str, value: str) -> Callable[[str], Rule]:
    """The default that an argument had."""

    def of(function: str) -> Rule:
        def rule(call: Called, facts: Facts) -> str | None:
            given = name in call.named or (name == "n_estimators" and bool(call.positional))
            if given or not facts.is_old or unquoted(call.named.get("kernel", "")) == "linear":
                return None
            return call.text(function, more=(f"{name}={value}",))

        return rule

    return of


def _epochs(function: str) -> Rule:
    def rule(call: Called, _: Facts) -> str | None:
        if "n_iter" not in call.named:
            return None
        epochs = f"max_iter={call.named['n_iter']}"
        return call.text(function, without=("n_iter",), more=(epochs, "tol=None"))

    return rule


def _clusters(function: str) -> Rule:
    """Without what had to do with its speed only, and with ten beginnings."""

    def rule(call: Called, facts: Facts) -> str | None:
        named = {k: v for k, v in call.named.items() if k not in ("n_jobs", "precompute_distances")}
        if facts.is_old:
            named.setdefault("n_init", "10")
        if named == call.named:
            return None
        return Called(on=call.on, positional=call.positional, named=named).text(function)

    return rule


def _full(function: str) -> Rule:
    """Floats, where an integer is given."""

    def rule(call: Called, facts: Facts) -> str | None:
        is_one = len(call.positional) == 2 and re.fullmatch(r"-?\d+", call.positional[1])
        if not is_one or "dtype" in call.named or not facts.is_old:
            return None
        return call.text(function, more=("dtype=float",))

    return rule


def _criterion(then: Callable[[str], Rule]) -> Callable[[str], Rule]:
    """Today's name of a criterion, and then a rule for the rest."""

    def of(function: str) -> Rule:
        rest = then(function)

        def rule(call: Called, facts: Facts) -> str | None:
            new = _CRITERIA.get(unquoted(call.named.get("criterion", "")))
            if new is None:
                return rest(call, facts)
            named = {**call.named, "criterion": f'"{new}"'}
            changed = Called(on=call.on, positional=call.positional, named=named)
            return rest(changed, facts) or changed.text(function)

        return rule

    return of


def _nothing(_: str) -> Rule:
    return lambda *_: None


def _loss(function: str) -> Rule:
    def rule(call: Called, _: Facts) -> str | None:
        new = _LOSSES.get(unquoted(call.named.get("loss", "")))
        if new is None:
            return None
        named = {**call.named, "loss": f'"{new}"'}
        return Called(on=call.on, positional=call.positional, named=named).text(function)

    return rule


_TREES: Final = ("DecisionTree", "ExtraTree")
_FOLDED: Final = (
    *(f"linear_model.{name}CV" for name in ("Lasso", "ElasticNet", "Lars", "LassoLars")),
    *("linear_model.OrthogonalMatchingPursuitCV", "linear_model.LogisticRegressionCV"),
    *("calibration.CalibratedClassifierCV", "feature_selection.RFECV"),
)
_ENSEMBLES: Final = (
    *("RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier"),
    "ExtraTreesRegressor",
)
#: By path, for learners: the rule for the name by which the script calls them.
LEARNERS: Final[Mapping[str, Callable[[str], Rule]]] = {
    **{f"sklearn.ensemble.{name}": _default("n_estimators", "10") for name in _ENSEMBLES},
    **{
        f"sklearn.svm.{name}": _default("gamma", '"auto"')
        for name in ("SVC", "SVR", "NuSVC", "NuSVR", "OneClassSVM")
    },
    "sklearn.linear_model.LogisticRegression": _default("solver", '"liblinear"'),
    **{
        f"sklearn.linear_model.{name}": _epochs
        for name in ("SGDClassifier", "SGDRegressor", "Perceptron")
    },
    "sklearn.cluster.KMeans": _clusters,
    "sklearn.cluster.MiniBatchKMeans": _default("n_init", "3"),
    "sklearn.decomposition.PCA": _default("svd_solver", '"full"'),
    **{f"sklearn.{name}": _default("cv", "3") for name in _FOLDED},
    "sklearn.metrics.normalized_mutual_info_score": _default("average_method", '"geometric"'),
    "sklearn.metrics.adjusted_mutual_info_score": _default("average_method", '"max"'),
    **{
        f"sklearn.ensemble.{name}Regressor": _criterion(_default("n_estimators", "10"))
        for name in ("RandomForest", "ExtraTrees")
    },
    **{f"sklearn.tree.{name}Regressor": _criterion(_nothing) for name in _TREES},
    "numpy.full": _full,
    **{f"sklearn.ensemble.GradientBoosting{name}": _loss for name in ("Classifier", "Regressor")},
}
