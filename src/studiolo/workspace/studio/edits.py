"""Edits of an experiment: the gestures on a canvas, as data, and what each does to a draft."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from re import sub
from typing import Any, ClassVar, Final, Literal

from studiolo.experiments.experiment import Node, NodeName, Source
from studiolo.experiments.file import node_of_form
from studiolo.experiments.json_value import Json
from studiolo.experiments.layout import Position
from studiolo.experiments.saved_form import node_form
from studiolo.modules.definition import EXECUTE_PYTHON_SCRIPT, PortName
from studiolo.modules.script import Script
from studiolo.workspace.drafts.draft import Draft
from studiolo.workspace.errors import NodeNameTakenError

#: What a new Execute Python Script node begins with, as in the classic studio.
NEW_SCRIPT: Final = """\
# The script must have a function azureml_main, which gets up to two datasets as pandas frames
# and returns one or more.
def azureml_main(dataframe1=None, dataframe2=None):
    return dataframe1,
"""


class _Edit:
    #: For the server, which makes edits of what comes in: keys that they do not have are refused.
    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True)
class AddNode(_Edit):
    """Add a node."""

    kind: Literal["add_node"]
    name: str
    #: Its keys and values as the experiment's file has them, such as `module` and `parameters`.
    node: Mapping[str, Json]
    x: float | None = None
    y: float | None = None
    #: The text of a new script for it; an Execute Python Script without one gets a beginning.
    script: str | None = None


@dataclass(frozen=True, kw_only=True)
class RemoveNode(_Edit):
    """Remove a node, with its wires."""

    kind: Literal["remove_node"]
    node: str


@dataclass(frozen=True, kw_only=True)
class RenameNode(_Edit):
    """Give a node another name; its wires stay."""

    kind: Literal["rename_node"]
    node: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Connect(_Edit):
    """Wire an input of a node to an output of another one, in the place of an earlier wire."""

    kind: Literal["connect"]
    node: str
    port: str
    from_node: str
    #: The first output if not given.
    from_port: str | None = None


@dataclass(frozen=True, kw_only=True)
class Disconnect(_Edit):
    """Cut the wire to an input."""

    kind: Literal["disconnect"]
    node: str
    port: str


@dataclass(frozen=True, kw_only=True)
class SetParameter(_Edit):
    """Give a parameter a value."""

    kind: Literal["set_parameter"]
    node: str
    parameter: str
    value: Json


@dataclass(frozen=True, kw_only=True)
class ClearParameter(_Edit):
    """Give a parameter its default again."""

    kind: Literal["clear_parameter"]
    node: str
    parameter: str


@dataclass(frozen=True, kw_only=True)
class ChangeNode(_Edit):
    """Change keys of a node as the experiment's file has them; null takes a key away."""

    kind: Literal["change_node"]
    node: str
    keys: Mapping[str, Json]


@dataclass(frozen=True, kw_only=True)
class Describe(_Edit):
    """Change the name that people see, or the description of the experiment."""

    kind: Literal["describe"]
    name: str | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class SetWebServiceParameter(_Edit):
    """Say which parameters a caller of the web service sets by a name; none takes it away."""

    kind: Literal["set_web_service_parameter"]
    name: str
    #: Each as `node.parameter`.
    targets: Sequence[str]


Edit = (
    AddNode
    | RemoveNode
    | RenameNode
    | Connect
    | Disconnect
    | SetParameter
    | ClearParameter
    | ChangeNode
    | Describe
    | SetWebServiceParameter
)


def apply_edit(draft: Draft, edit: Edit) -> None:
    """Change a draft as an edit says.

    Raises:
        NodeUnknownError: There is no such node.
        NodeNameTakenError: There is a node of the new name.
        NodeRefusedError: A node would have a mistake that it did not have before.
        ExperimentFileError: A node's keys do not follow the format of the file.
    """
    _CARRIED_OUT[type(edit)](draft, edit)


def _add_node(draft: Draft, edit: AddNode) -> None:
    if edit.name in draft.nodes:
        raise NodeNameTakenError(node=edit.name)
    name, form = NodeName(edit.name), dict(edit.node)
    if form.get("module") == EXECUTE_PYTHON_SCRIPT and form.get("script") is None:
        script = Script(source=edit.script or NEW_SCRIPT, name=_free_file(draft, edit.name))
        form["script"] = draft.script(script, name=edit.name).node.script
    draft.put(node_of_form(name, form, draft.folder))
    if edit.x is not None and edit.y is not None:
        draft.place(name, Position(x=edit.x, y=edit.y))


def _remove_node(draft: Draft, edit: RemoveNode) -> None:
    name = draft[edit.node].name
    draft.remove(name)
    for node in list(draft.nodes.values()):
        left = {port: source for port, source in node.inputs.items() if source.node != name}
        if len(left) < len(node.inputs):
            draft.put(replace(node, inputs=left))
    for parameter, targets in list(draft.web_service_parameters.items()):
        targets[:] = [target for target in targets if target[0] != name]
        if not targets:
            del draft.web_service_parameters[parameter]


def _rename_node(draft: Draft, edit: RenameNode) -> None:
    draft.rename(edit.node, edit.name)


def _connect(draft: Draft, edit: Connect) -> None:
    node, source = draft[edit.node].node, draft[edit.from_node].name
    port = None if edit.from_port is None else PortName(edit.from_port)
    # A dataset, a saved model and a saved transform have one output, which a file does not name.
    wire = Source(node=source, port=None if draft.nodes[source].module is None else port)
    draft.put(replace(node, inputs={**node.inputs, PortName(edit.port): wire}))


def _disconnect(draft: Draft, edit: Disconnect) -> None:
    node = draft[edit.node].node
    left = {port: source for port, source in node.inputs.items() if port != edit.port}
    draft.put(replace(node, inputs=left))


def _set_parameter(draft: Draft, edit: SetParameter) -> None:
    node = draft[edit.node].node
    draft.put(replace(node, parameters={**node.parameters, edit.parameter: edit.value}))


def _clear_parameter(draft: Draft, edit: ClearParameter) -> None:
    node = draft[edit.node].node
    left = {name: value for name, value in node.parameters.items() if name != edit.parameter}
    draft.put(replace(node, parameters=left))


def _change_node(draft: Draft, edit: ChangeNode) -> None:
    node: Node = draft[edit.node].node
    form = {**node_form(node), **edit.keys}
    given = {key: value for key, value in form.items() if value is not None}
    draft.put(node_of_form(node.name, given, draft.folder))


def _describe(draft: Draft, edit: Describe) -> None:
    draft.name = draft.name if edit.name is None else edit.name
    draft.description = draft.description if edit.description is None else edit.description


def _set_web_service_parameter(draft: Draft, edit: SetWebServiceParameter) -> None:
    draft.web_service_parameters.pop(edit.name, None)
    for target in edit.targets:
        node, _, parameter = target.partition(".")
        draft[node].web_service_parameter(parameter, name=edit.name)


def _free_file(draft: Draft, node: str) -> str:
    """The name of a script that no other node has, and no file beside the experiment."""
    stem = sub(r"[^\w-]+", "_", node)[:60]
    taken = {other.script for other in draft.nodes.values()}
    name, number = f"{stem}.py", 2
    while name in taken or (draft.folder / name).exists():
        name, number = f"{stem}_{number}.py", number + 1
    return name


_CARRIED_OUT: Mapping[type, Callable[[Draft, Any], None]] = {
    AddNode: _add_node,
    RemoveNode: _remove_node,
    RenameNode: _rename_node,
    Connect: _connect,
    Disconnect: _disconnect,
    SetParameter: _set_parameter,
    ClearParameter: _clear_parameter,
    ChangeNode: _change_node,
    Describe: _describe,
    SetWebServiceParameter: _set_web_service_parameter,
}
