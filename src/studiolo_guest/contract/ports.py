"""Which data frame and which parameter reaches which argument of `azureml_main`.

The classic rule is positional over the *connected* dataset ports: with only the second one
connected, its data frame is the first argument. Azure ML designer gives each port its own place
and None to an unconnected one; a node may choose that as the port binding `slot`.
"""

import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin

from studiolo_guest.contract import column_selection
from studiolo_guest.contract.failure import MismatchError
from studiolo_guest.contract.request import MODULE_BINDING

ENTRY: Final = "azureml_main"
_SELECTION_CODES: Final[Mapping[type[Exception], str]] = {
    column_selection.ColumnMissingError: "column-missing",
    column_selection.ColumnNumberError: "column-number",
    column_selection.ColumnCountError: "column-count",
}
_SIMPLE: Final = {"int": int, "float": float, "bool": bool, "str": str}
_TRUE: Final = {"true", "yes", "on", "1"}
_FALSE: Final = {"false", "no", "off", "0"}


def entry_of(namespace: Mapping[str, Any]) -> Callable[..., Any]:
    """The script's `azureml_main`.

    Raises:
        MismatchError: there is none; the message lists the script's functions.
    """
    entry = namespace.get(ENTRY)
    if callable(entry):
        called: Callable[..., Any] = entry
        return called
    if entry is not None:
        raise MismatchError(
            "entry-missing",
            f"{ENTRY} must be a function, but the script makes it a {type(entry).__name__}.",
        )
    functions = [
        name
        for name, value in namespace.items()
        if inspect.isfunction(value) and value.__module__ == namespace.get("__name__")
    ]
    close = difflib.get_close_matches(ENTRY, functions, n=1, cutoff=0.5)
    found = f" It defines {', '.join(functions[:8])}." if functions else ""
    hint = f" Did you mean to call {close[0]} {ENTRY}?" if close else ""
    raise MismatchError(
        "entry-missing",
        f"The script defines no function {ENTRY}.{found}{hint} Define "
        f"`def {ENTRY}(dataframe1=None, dataframe2=None):`, the function that the module runs.",
    )


def chosen_columns(
    parameters: Mapping[str, Mapping[str, Any]], connected: Mapping[str, Any]
) -> dict[str, Any]:
    """The names that parameters stand for which choose columns of a connected dataset.

    Raises:
        MismatchError: the dataset has no such column, or not as many as are needed.
    """
    chosen: dict[str, Any] = {}
    for name, parameter in parameters.items():
        frame = connected.get(parameter["port"])
        select = column_selection.select_one if parameter["single"] else column_selection.select
        try:
            chosen[name] = None if frame is None else select(frame, parameter["selection"])
        except tuple(_SELECTION_CODES) as error:
            raise MismatchError(_SELECTION_CODES[type(error)], str(error)) from error
    return chosen


def bind(
    entry: Callable[..., Any],
    frames: Mapping[str, Any],
    *,
    ports: Sequence[Mapping[str, str]],
    binding: str,
    parameters: Mapping[str, Any],
    note: Callable[[str], None],
) -> tuple[list[Any], dict[str, Any]]:
    """The positional and keyword arguments to call ``entry`` with.

    ``frames`` holds what is connected, in the order of ``ports``, which are all there are: a name
    and a label each. A module has an argument for each of them. ``note`` is told what a person
    should know and might not expect.

    Raises:
        MismatchError: more frames than parameters, or a parameter value that does not fit.
    """
    signature = _signature(entry)
    slots = [
        p
        for p in signature.parameters.values()
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    takes_any = any(p.kind is p.VAR_POSITIONAL for p in signature.parameters.values())
    if binding == MODULE_BINDING:
        return [frames.get(port["name"]) for port in ports], _properties(signature, parameters)
    labels = {port["name"]: port["label"] for port in ports}
    if binding == "slot":
        arguments = _by_slot(frames, slots, takes_any, labels)
    else:
        arguments = list(frames.values())
        if len(arguments) > len(slots) and not takes_any:
            raise _too_many(frames, slots, labels)
    for parameter in slots[len(arguments) :]:
        if parameter.default is parameter.empty:
            arguments.append(None)
            note(
                f"The parameter {parameter.name!r} of {ENTRY} is None: no connected dataset port "
                "is left for it."
            )
        else:
            # Later ones have defaults too: Python allows no other order.
            break
    return arguments, _properties(signature, parameters)


def _signature(entry: Callable[..., Any]) -> inspect.Signature:
    try:
        return inspect.signature(entry, eval_str=True)
    except Exception:  # noqa: BLE001  # annotations in quotes are code of the script's; any may be wrong
        return inspect.signature(entry)


def _by_slot(
    frames: Mapping[str, Any],
    slots: Sequence[inspect.Parameter],
    takes_any: bool,
    labels: Mapping[str, str],
) -> list[Any]:
    every = [frames.get(port) for port in labels]
    if takes_any:
        return every
    if any(frame is not None for frame in every[len(slots) :]):
        raise _too_many(frames, slots, labels)
    return every[: len(slots)]


def _too_many(
    frames: Mapping[str, Any], slots: Sequence[inspect.Parameter], labels: Mapping[str, str]
) -> MismatchError:
    connected = " and ".join(labels[port] for port in frames)
    number = len(frames)
    takes = (
        "takes no data frame"
        if not slots
        else f"takes {len(slots)} ({', '.join(p.name for p in slots)})"
    )
    return MismatchError(
        "arity-mismatch",
        f"{connected} {'is' if number == 1 else 'are'} connected, so {ENTRY} is called with "
        f"{number} data frame{'s' if number > 1 else ''}, but it {takes}. Give it a parameter for "
        "each connected port, or disconnect a port.",
    )


def _properties(signature: inspect.Signature, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Keyword-only parameters are the module's properties; give them the values asked for."""
    known = {p.name: p for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY}
    takes_any = any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
    for name in parameters:
        if name not in known and not takes_any:
            raise _unknown(name, list(known))
    missing = [n for n, p in known.items() if p.default is p.empty and n not in parameters]
    if missing:
        raise MismatchError(
            "parameter-missing",
            f"{ENTRY} needs a value for {', '.join(map(repr, missing))}: give one "
            f"(--param {missing[0]}=VALUE), or give the parameter a default.",
        )
    return {
        name: _convert(name, value, known[name]) if name in known else value
        for name, value in parameters.items()
    }


def _unknown(name: str, known: Sequence[str]) -> MismatchError:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    choice = (
        f"It has {', '.join(map(repr, known))}."
        if known
        else "It has none: its parameters come after `*` in its definition."
    )
    return MismatchError("parameter-unknown", f"{ENTRY} has no parameter {name!r}.{hint} {choice}")


def _convert(name: str, value: Any, parameter: inspect.Parameter) -> Any:
    """A text from a command line becomes what the annotation or the default says it is."""
    wanted = _wanted(parameter)
    if not isinstance(value, str) or wanted in (str, None):
        return value
    try:
        if wanted is bool:
            return _truth(value)
        return wanted(value)
    except ValueError:
        meaning = {int: "a whole number", float: "a number"}.get(wanted, "true or false")
        raise MismatchError(
            "parameter-value", f"The parameter {name!r} must be {meaning}, not {value!r}."
        ) from None


def _wanted(parameter: inspect.Parameter) -> type | None:
    """The one simple type that the parameter is annotated with, or that its default has."""
    annotation = parameter.annotation
    choices = get_args(annotation) if _is_union(annotation) else (annotation,)
    simple = [_SIMPLE.get(getattr(c, "__name__", str(c))) for c in choices if c is not NoneType]
    if len(simple) == 1 and simple[0] is not None:
        return simple[0]
    return _SIMPLE.get(type(parameter.default).__name__)


def _is_union(annotation: object) -> bool:
    return get_origin(annotation) in (Union, UnionType)


def _truth(value: str) -> bool:
    lowered = value.strip().lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise ValueError(value)
