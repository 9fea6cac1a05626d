"""The environments of scripts: what they name, and what they add to it."""

from dataclasses import replace
from pathlib import Path

from studiolo.environments.building.build import building_errors
from studiolo.environments.building.resolving import resolve, resolve_once
from studiolo.environments.environment import DEFAULT
from studiolo.environments.errors import ScriptAsksForNothingError
from studiolo.environments.named.lock_changes import LockChanges, earlier_lock
from studiolo.environments.named.named_environments import NamedEnvironments
from studiolo.environments.named.script_lock import (
    lock_path,
    read_script_lock,
    renewed_by,
    script_lock,
    write_script_lock,
)
from studiolo.environments.progress import ProgressCallback
from studiolo.environments.request import EnvironmentRequest
from studiolo.environments.requirements import checked
from studiolo.environments.script_environment import check_python
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

    def locked(
        self,
        metadata: ScriptMetadata,
        *,
        script: Path | None,
        progress: ProgressCallback | None = None,
    ) -> EnvironmentRequest:
        """The same for a script that is about to run: its packages are locked beside it.

        A script that has a lock keeps it. Any other gets one, which the first run says in its log.
        """
        request = self.request(metadata, script=script)
        if script is None or not request.dependencies or request.lock or request.refused:
            return request
        try:
            check_python(request.requires_python, request.base.interpreter)
            packages = resolve_once(
                request.base,
                checked(request.dependencies),
                name="script",
                home=self._named.home,
                sources=request.sources,
                progress=progress,
            )
        except StudioloError as error:
            return replace(request, refused=error)
        note = write_script_lock(script, request, packages)
        return replace(request, lock=packages, notes=(note,))

    def _request(self, metadata: ScriptMetadata, script: Path | None) -> EnvironmentRequest:
        base = self._named.spec(metadata.environment or DEFAULT)
        lock = None
        if metadata.dependencies and script is not None:
            lock = read_script_lock(script, metadata, base)
        return EnvironmentRequest(
            base=base,
            dependencies=metadata.dependencies,
            requires_python=metadata.requires_python,
            lock=None if lock is None else lock.packages,
            sources=self._named.sources,
            disk=self._named.disk,
            data=self._named.data(),
        )


def lock_script(
    named: NamedEnvironments,
    script: Path,
    metadata: ScriptMetadata,
    *,
    environment: str | None = None,
    progress: ProgressCallback | None = None,
) -> LockChanges:
    """Lock the newest versions of what a script's block asks for, beside the script.

    Raises:
        ScriptAsksForNothingError: The block names no packages.
        EnvironmentsFolderError: The lock can't be written.
        EnvironmentBuildError: The packages can't be had; a subclass says why.
    """
    if not metadata.dependencies:
        raise ScriptAsksForNothingError(script=script)
    base = named.spec(environment or metadata.environment or DEFAULT)
    check_python(metadata.requires_python, base.interpreter)
    path = lock_path(script)
    before = earlier_lock(path)
    packages = resolve(
        base,
        checked(metadata.dependencies),
        name="script",
        home=named.home,
        sources=named.sources,
        progress=progress,
    )
    request = EnvironmentRequest.of(metadata, base=base)
    with building_errors("script", path.parent):
        script_lock(request, packages).write(path, renewed_by=renewed_by(script))
    return LockChanges.between(before, packages)
