"""The settings of a run."""

from dataclasses import dataclass, field

from studiolo.experiments.allowance import Allowance
from studiolo.sandbox.policy.isolation import Isolation


@dataclass(frozen=True, kw_only=True)
class RunSettings:
    """How scripts are run; what is None comes from the workspace's settings, or the policy file."""

    isolation: Isolation = Isolation.AUTO
    #: Seconds.
    timeout: int | None = None
    #: Bytes.
    memory: int | None = None
    cpus: int | None = None
    #: Processes that wait for the next run of a script; 0 starts one when a run asks for it.
    #: An experiment has as many as its nodes are worth.
    warm: int = 0
    #: Targets in the network that scripts may reach.
    allow: tuple[Allowance, ...] = ()
    #: Layers to do without, as on a machine that lacks them.
    withheld: frozenset[str] = field(default_factory=frozenset)
