"""Starting a zygote with as many layers as were asked for and as the machine gives."""

import os
import stat
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from studiolo.sandbox.errors import (
    IsolationUnavailableError,
    NetworkUnavailableError,
    UnsupportedArchitectureError,
    ZygoteFailedError,
)
from studiolo.sandbox.exchange.program import PackedProgram
from studiolo.sandbox.network.guest_network import GuestNetwork
from studiolo.sandbox.policy import isolation
from studiolo.sandbox.policy.configuration import (
    Layers,
    ScriptInterpreter,
    first_message,
    seccomp_filters,
)
from studiolo.sandbox.policy.isolation import Isolation, IsolationReport, Layer, Level
from studiolo.sandbox.policy.policy import Policy
from studiolo.sandbox.process.launcher import Launcher
from studiolo.sandbox.process.observation import Promised
from studiolo.sandbox.process.zygote import Zygote
from studiolo.sandbox.process.zygote_messages import Ready
from studiolo_guest.wire import GENERATIONS

#: What the launcher says failed where namespaces can't be had.
_NAMESPACE_STEPS = ("namespaces", "user namespace", "read-only root")


@dataclass(frozen=True, kw_only=True)
class Started:
    """A zygote that can fork."""

    zygote: Zygote
    namespaces: bool
    jail_user: int | None
    report: IsolationReport
    #: The targets that its runs may reach.
    network: GuestNetwork | None
    #: Bytes of address space that it has mapped.
    baseline: int
    #: Bytes of its own memory that its forks inherit.
    inherited: int
    #: Modules that could not be imported beforehand, each with the reason.
    not_preloaded: Collection[str]
    #: What must be seen of each run's process before it gets its request.
    promised: Promised
    #: Whether a different sandbox owns the zygote, and ends it.
    borrowed: bool = False


class BringUp:
    """One sandbox's start: begun at once, finished when the first run needs it.

    ``withheld`` names layers to do without, to see what a machine that lacks them does;
    ``launcher`` is an interpreter that was started beforehand; ``program`` is loaded before the
    first fork; ``several_calls`` has a process serve more than one call of it; ``network`` has the
    targets that runs may reach.
    """

    def __init__(
        self,
        policy: Policy,
        interpreter: ScriptInterpreter,
        asked: Isolation,
        *,
        new_directory: Callable[[int | None], Path],
        many: bool,
        withheld: Collection[str] = (),
        launcher: Launcher | None = None,
        program: PackedProgram | None = None,
        several_calls: bool = False,
        network: GuestNetwork | None = None,
    ) -> None:
        self._policy = policy
        self._interpreter = interpreter
        self._asked = asked
        self._new_directory = new_directory
        self._many = many
        self._program = program
        self._several_calls = several_calls
        self._network = network
        self._withheld = withheld
        self._why: dict[str, tuple[str, str]] = {}
        self._launcher = launcher or Launcher(os.fspath(interpreter.base))
        self._layers = self._first_choice()
        self._zygote = self._begin()

    def finish(self) -> Started:
        """Wait for the zygote; fall back on fewer layers where that is allowed.

        Raises:
            IsolationUnavailableError: the machine can't do what was asked.
            NetworkUnavailableError: runs may reach targets, and there are no namespaces for that.
            ZygoteFailedError: the interpreter itself could not be started.
        """
        try:
            ready = self._zygote.wait_until_ready(self._policy.warm_up)
        except ZygoteFailedError as error:
            self._zygote.close()
            if error.layer not in _NAMESPACE_STEPS or not self._layers.namespaces:
                raise
            self._miss(isolation.NAMESPACES, error.why, isolation.remedy_for_namespaces(error.why))
            if self._asked is Isolation.STRICT:
                raise self._unavailable() from error
            if self._network is not None:
                raise self._no_network() from error
            self._launcher = Launcher(os.fspath(self._interpreter.base))
            self._layers = self._without_namespaces()
            self._zygote = self._begin()
            ready = self._zygote.wait_until_ready(self._policy.warm_up)
        return self._accept(ready)

    @property
    def launcher_pid(self) -> int:
        """The process that becomes a zygote, or the outermost of its jail."""
        return self._zygote.launcher_pid

    def abandon(self) -> None:
        """Give up before it was finished."""
        self._zygote.close()

    def _begin(self) -> Zygote:
        directory = self._policy.filesystem.private
        if not self._layers.namespaces:
            directory = os.fspath(self._new_directory(self._layers.jail_user))
        message = first_message(
            self._policy,
            self._interpreter,
            self._layers,
            directory,
            many=self._many,
            program=self._program is not None,
            several_calls=self._several_calls,
            network=self._network,
        )
        other = self._launcher.python != os.fspath(self._interpreter.base)
        if other or self._launcher.message not in (None, message):
            # It was begun for something else. The next one is another user.
            self._launcher.close()
            self._launcher = Launcher(os.fspath(self._interpreter.base))
            if self._layers.jail_user is not None:
                self._layers = replace(self._layers, jail_user=self._launcher.jail_user)
                message["jail"]["jail_user"] = self._launcher.jail_user
        if self._launcher.message is None:
            self._launcher.begin(message)
        if self._program is not None:
            self._launcher.hand_over(self._program.descriptors)
        return Zygote(
            self._launcher,
            self._interpreter.python,
            generations=GENERATIONS if self._layers.namespaces else 0,
        )

    def _first_choice(self) -> Layers:
        if self._asked is Isolation.OFF:
            for layer in (isolation.NAMESPACES, isolation.LANDLOCK, isolation.SECCOMP):
                self._miss(layer, "not asked for", "Ask for it with `--isolation auto`.")
            return Layers(namespaces=False, landlock=False, seccomp=None, jail_user=None)
        if isolation.NAMESPACES in self._withheld:
            self._miss(isolation.NAMESPACES, "withheld", "Withhold nothing.")
            return self._without_namespaces()
        return self._with(namespaces=True, jail_user=self._launcher.jail_user)

    def _without_namespaces(self) -> Layers:
        as_other = os.geteuid() == 0 and all(
            _is_open_to_all(path)
            for path in (self._interpreter.python, *self._interpreter.directories)
        )
        if os.geteuid() == 0 and not as_other:
            self._miss(
                isolation.OWN_USER,
                f"{self._interpreter.python} can't be read by other users",
                "Install Python and the environments where every user can read them.",
            )
        return self._with(
            namespaces=False, jail_user=self._launcher.jail_user if as_other else None
        )

    def _with(self, *, namespaces: bool, jail_user: int | None) -> Layers:
        if os.geteuid() == 0 and self._launcher.jail_user is None:
            self._miss(
                isolation.OWN_USER,
                "this user namespace has no user id for it",
                "Run Studiolo outside of the namespace, or give it 65,536 user ids or more.",
            )
        seccomp = None
        if isolation.SECCOMP in self._withheld:
            self._miss(isolation.SECCOMP, "withheld", "Withhold nothing.")
        else:
            try:
                seccomp = seccomp_filters(
                    self._policy, allow_fork=namespaces, network=self._network is not None
                )
            except UnsupportedArchitectureError as error:
                self._miss(isolation.SECCOMP, str(error), "Use an x86-64 or aarch64 machine.")
        return Layers(
            namespaces=namespaces,
            landlock=isolation.LANDLOCK not in self._withheld,
            seccomp=seccomp,
            jail_user=jail_user,
        )

    def _accept(self, ready: Ready) -> Started:
        if self._network is not None and not self._layers.namespaces:
            self._zygote.close()
            raise self._no_network()
        abi = ready.landlock_abi
        if not abi and isolation.LANDLOCK not in self._why:
            self._miss(
                isolation.LANDLOCK,
                "the kernel does not have it",
                "Use Linux 5.13 or later with `landlock` in its `lsm=` list.",
            )
        level = isolation.level_of(
            namespaces=self._layers.namespaces,
            landlock=abi > 0,
            seccomp=self._layers.seccomp is not None,
        )
        refused = {
            Isolation.STRICT: level is not Level.FULL,
            Isolation.AUTO: level is Level.LIMITS,
            Isolation.OFF: False,
        }
        if refused[self._asked]:
            self._zygote.close()
            raise self._unavailable()
        return Started(
            zygote=self._zygote,
            namespaces=self._layers.namespaces,
            jail_user=self._layers.jail_user,
            report=IsolationReport(asked=self._asked, level=level, layers=self._report(abi)),
            network=self._network,
            baseline=ready.baseline,
            inherited=ready.inherited,
            not_preloaded=ready.not_preloaded,
            promised=Promised(
                namespaces=list(self._policy.namespaces) if self._layers.namespaces else [],
                filtered=self._layers.seccomp is not None,
                user=self._layers.jail_user,
                own_network=self._network is not None,
            ),
        )

    def _report(self, abi: int) -> list[Layer]:
        found = {
            isolation.NAMESPACES: "own files, processes, network, ipc, host name, user ids",
            isolation.LANDLOCK: f"version {abi}: files, TCP, signals as far as it knows them",
            isolation.SECCOMP: "system calls that are not on the policy's list are refused",
        }
        if os.geteuid() == 0:
            found[isolation.OWN_USER] = f"runs as user {self._layers.jail_user}, who owns nothing"
        found[isolation.RESOURCE_LIMITS] = (
            # RLIMIT_NPROC does not hold for root on the host, whatever a namespace calls it.
            "memory, processor time, files of each run; root's threads have no limit"
            if os.geteuid() == 0 and self._layers.jail_user is None
            else "memory, processor time, processes, files of each run"
        )
        return [self._layer(name, detail) for name, detail in found.items()]

    def _layer(self, name: str, detail: str) -> Layer:
        if name in self._why:
            why, remedy = self._why[name]
            return Layer(name=name, active=False, detail=why, remedy=remedy)
        if name == isolation.OWN_USER and self._layers.jail_user is None:
            return Layer(name=name, active=False, detail="not asked for", remedy="")
        return Layer(name=name, active=True, detail=detail)

    def _miss(self, layer: str, why: str, remedy: str) -> None:
        self._why[layer] = (why, remedy)

    def _no_network(self) -> NetworkUnavailableError:
        why, remedy = self._why[isolation.NAMESPACES]
        return NetworkUnavailableError(why=why, remedy=remedy)

    def _unavailable(self) -> IsolationUnavailableError:
        return IsolationUnavailableError(
            asked=self._asked,
            missing=[f"{layer} ({why})" for layer, (why, _) in self._why.items()],
            remedies=[remedy for _, remedy in self._why.values()],
        )


def _is_open_to_all(path: Path) -> bool:
    """Whether a user who owns nothing can reach and read it."""
    resolved = path.resolve()
    for place in (resolved, *resolved.parents):
        mode = place.stat().st_mode
        needed = stat.S_IXOTH if stat.S_ISDIR(mode) else stat.S_IROTH
        if not mode & needed:
            return False
    return True
