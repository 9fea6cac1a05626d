"""The environments of scripts: what they name, and what they add to it."""

from dataclasses import replace
from pathlib import Path

from studiolo.environments.environment import DEFAULT
from studiolo.environments.named.named_environments import NamedEnvironments
from studiolo.environments.named.script_lock import read_script_lock
from studiolo.environments.request import EnvironmentRequest
from studiolo.errors import StudioloError
from studiolo.modules.script_metadata import ScriptMetadata


class ScriptEnvironments:
    """Finds what environment a script asks for, without building it."""

    def __init__(self, named: NamedEnvironments) -> None:
        self._named = named

    def request(self, metadata: ScriptMetadata, *, script: Path | None) -> EnvironmentRequest:
        """The environment that a script asks for.

        Why it can't be had, as far as that is known already, is in the request: an experiment can
        be looked at where it can't run, and only the nodes that need this one fail.

        Args:
            metadata: What its block says.
            script: Its file, if it has one.
        """
        try:
            return self._request(metadata, script)
        except StudioloError as error:
            return replace(EnvironmentRequest.of(metadata), refused=error)

    def _request(self, metadata: ScriptMetadata, script: Path | None) -> EnvironmentRequest:
        base = self._named.spec(metadata.environment or DEFAULT)
        lock = None
        if metadata.dependencies and script is not None:
            lock = read_script_lock(script, metadata, base)
        return EnvironmentRequest.of(
            metadata, base=base, lock=None if lock is None else lock.packages
        )
