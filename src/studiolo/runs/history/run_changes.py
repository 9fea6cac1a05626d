"""The changes in a run, in short, by the reasons why its nodes ran."""

from collections.abc import Sequence

from studiolo.store.run_record import NodeState, WhyNode

_CHANGED = "Changed: "
_FIRST = "It has not run before."
_AGAIN = "It was asked to run again."
#: What only follows from a change further up.
_FOLLOWS = "the input "


def run_changes(nodes: Sequence[WhyNode]) -> list[str]:
    """The changes, a phrase each: `rank: the parameter trees (200 → 300)`.

    Nothing where each node had a kept result. Nodes that ran only because others before them did
    are left out.
    """
    ran = [node for node in nodes if node.state is not NodeState.KEPT]
    said = []
    for node in ran:
        if node.reason.startswith(_CHANGED):
            phrases = node.reason.removeprefix(_CHANGED).removesuffix(".")
            if not phrases.startswith(_FOLLOWS):
                said.append(f"{node.node}: {phrases}")
    for reason, words in ((_FIRST, "new"), (_AGAIN, "again")):
        names = [node.node for node in ran if node.reason == reason]
        if names:
            # Of many the number says more.
            all_of_it = len(names) == len(nodes)
            said.append(f"{words}: {'everything' if all_of_it else ', '.join(names)}")
    return said
