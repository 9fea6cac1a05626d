"""Forms of calls that succeed with other values today: rules over a syntax tree."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_FORESTS: Final = (
    *("RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier"),
    "ExtraTreesRegressor",
)
_FOLDED: Final = (
    *("LassoCV", "ElasticNetCV", "LarsCV", "LassoLarsCV", "OrthogonalMatchingPursuitCV"),
    *("LogisticRegressionCV", "CalibratedClassifierCV", "RFECV"),
)
#: By learner: the argument whose default is a different one today.
_DEFAULTS: Final = {
    **dict.fromkeys(_FORESTS, "n_estimators"),
    **dict.fromkeys(_FOLDED, "cv"),
    **dict.fromkeys(("KMeans", "MiniBatchKMeans"), "n_init"),
    "PCA": "svd_solver",
    "LogisticRegression": "solver",
    **dict.fromkeys(("SVC", "SVR", "NuSVC", "NuSVR", "OneClassSVM"), "gamma"),
}


_SCORES: Final = (
    *("average_precision_score", "roc_curve", "precision_recall_curve"),
    *("normalized_mutual_info_score", "adjusted_mutual_info_score"),
)
_TESTS: Final = ("mannwhitneyu", "wilcoxon", "kendalltau", "ks_2samp")


@dataclass(frozen=True, kw_only=True)
class _Called:
    """A call, as the rules look at it."""

    name: str
    #: What a method is called on; None for a function by its name alone.
    on: ast.expr | None
    args: list[ast.expr]
    keywords: Mapping[str | None, ast.expr]
    frames: frozenset[str]

    def has(self, *keywords: str) -> bool:
        """Whether one of these arguments is given by its name."""
        return any(keyword in self.keywords for keyword in keywords)

    @property
    def on_column(self) -> bool:
        """Whether it is called on a column of a frame."""
        return self.on is not None and is_column(self.on, self.frames)


def changed_meanings(call: ast.Call, frames: frozenset[str]) -> Iterator[str]:
    """The names of the forms that a call has."""
    on: ast.expr | None = None
    match call.func:
        case ast.Attribute(value=inner, attr=name):
            on = inner
        case ast.Name(id=name):
            pass
        case _:
            return
    called = _Called(
        name=name,
        on=on,
        args=call.args,
        keywords={keyword.arg: keyword.value for keyword in call.keywords},
        frames=frames,
    )
    for form, rule in _RULES.get(name, ()):
        if rule(called):
            yield form


def is_column(node: ast.expr, frames: frozenset[str]) -> bool:
    """Whether it takes a column out of a frame."""
    match node:
        case ast.Subscript(value=ast.Attribute(value=inner, attr="loc" | "iloc" | "ix")):
            return is_frame(inner, frames)
        case ast.Subscript(value=_, slice=ast.Constant(value=str())):
            return True
        case ast.Subscript(value=inner):
            return is_frame(inner, frames)
        case ast.Attribute(value=inner, attr=name):
            return is_frame(inner, frames) and name not in ACCESSORS
    return False


def is_frame(node: ast.expr, frames: frozenset[str]) -> bool:
    """Whether it is the name of a frame."""
    return isinstance(node, ast.Name) and node.id in frames


#: Accessors of a frame, whose brackets are the right ones.
ACCESSORS: Final = frozenset({"loc", "iloc", "at", "iat", "ix", "attrs", "values", "columns"})


def _takes_default(call: _Called) -> bool:
    if None in call.keywords or call.has(_DEFAULTS[call.name]):
        return False
    kernel = call.keywords.get("kernel")
    if isinstance(kernel, ast.Constant) and kernel.value == "linear":
        return False
    return not (call.name in _FORESTS and call.args)


def _fills_with_integer(call: _Called) -> bool:
    match call.args:
        case [_, ast.Constant(value=int())] | [_, ast.UnaryOp(operand=ast.Constant(value=int()))]:
            return not call.has("dtype")
    return False


def _scores(call: _Called) -> bool:
    return not call.has("average_method")


def _tests(call: _Called) -> bool:
    """Whether it is not said how, or for which side."""
    return not call.has("method", "mode", "alternative")


def _finds_extreme(call: _Called) -> bool:
    return not call.args and call.on_column


def _makes_frame(call: _Called) -> bool:
    return len(call.args) == 1 and not call.has("columns") and _is_unsorted(call.args[0])


def _is_unsorted(node: ast.expr) -> bool:
    """Whether a dict names columns in an order of its own."""
    match node:
        case ast.List(elts=[ast.Dict() as first, *_]):
            return _is_unsorted(first)
        case ast.Dict(keys=keys):
            names = [k.value for k in keys if isinstance(k, ast.Constant)]
            texts = [name for name in names if isinstance(name, str)]
            return texts != sorted(texts)
    return False


def _joins(call: _Called) -> bool:
    return len(call.args) == 1 and not call.has("sort", "join")


def _cuts(call: _Called) -> bool:
    return len(call.args) == 2 and not call.has("labels")


def _extracts_one(call: _Called) -> bool:
    return _groups_of_pattern(call) == 1 and not call.has("expand")


def _matches_groups(call: _Called) -> bool:
    return _groups_of_pattern(call) > 0 and not call.has("as_indexer")


def _groups_of_pattern(call: _Called) -> int:
    if not (isinstance(call.on, ast.Attribute) and call.on.attr == "str"):
        return 0
    match call.args:
        case [ast.Constant(value=str(pattern)), *_]:
            try:
                return re.compile(pattern).groups
            except re.error:
                return 0
    return 0


def _describes_groups(call: _Called) -> bool:
    return call.on is not None and _groups(call.on)


def _groups(node: ast.expr) -> bool:
    """Whether it groups a frame, and maybe takes one of its columns."""
    match node:
        case ast.Call(func=ast.Attribute(attr="groupby")):
            return True
        case ast.Subscript(value=inner) | ast.Attribute(value=inner):
            return _groups(inner)
    return False


def _pivots_one(call: _Called) -> bool:
    if call.has("columns"):
        return False
    values = call.keywords.get("values", call.args[0] if call.args else None)
    return isinstance(values, ast.Constant) and isinstance(values.value, str)


def _puts_none(call: _Called) -> bool:
    match call.args:
        case [first, ast.Constant(value=None)]:
            return call.on_column and not isinstance(first, ast.Dict)
    return False


def _names_statistics(call: _Called) -> bool:
    """Whether a dict gives statistics names of the script's own."""
    match call.args:
        case [ast.Dict(values=values), *_]:
            if any(isinstance(value, ast.Dict) for value in values):
                return True
            match call.on:
                case ast.Subscript(value=inner, slice=ast.Constant()) | ast.Attribute(value=inner):
                    return _groups(inner)
    return False


#: By the name of a function or method: forms, and what tells them.
_RULES: Final[Mapping[str, list[tuple[str, Callable[[_Called], bool]]]]] = {
    **{name: [("learner-defaults", _takes_default)] for name in _DEFAULTS},
    **{name: [("argmax", _finds_extreme)] for name in ("argmax", "argmin")},
    **{name: [("cut-labels", _cuts)] for name in ("cut", "qcut")},
    **{name: [("agg-names", _names_statistics)] for name in ("agg", "aggregate")},
    **{name: [("score", _scores)] for name in _SCORES},
    **{name: [("p-value", _tests)] for name in _TESTS},
    "full": [("full-of-integers", _fills_with_integer)],
    "DataFrame": [("dict-columns", _makes_frame)],
    "concat": [("concat-order", _joins)],
    "extract": [("extract", _extracts_one)],
    "match": [("match-groups", _matches_groups)],
    "describe": [("group-describe", _describes_groups)],
    "pivot_table": [("pivot-series", _pivots_one)],
    "replace": [("replace-none", _puts_none)],
}
