"""The places that packages come from: an index, folders of wheels; and whether any may be built."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = ":all:"


@dataclass(frozen=True, kw_only=True)
class PackageSources:
    """Where packages are fetched from. A workspace says so in `studiolo.toml`, a script never."""

    #: The address of a package index; None: uv's own settings say, PyPI if they say nothing.
    index: str | None = None
    #: Folders of wheels, looked into besides.
    wheels: tuple[Path, ...] = ()
    #: Whether nothing but these folders is asked.
    only_wheels_folder: bool = False
    #: Whether a package that is published as source only may be built, which runs its code outside
    #: the sandbox.
    allow_builds: bool = False

    def options(self) -> Sequence[str]:
        """The options of uv that say where packages come from."""
        options = [] if self.index is None else ["--default-index", self.index]
        for folder in self.wheels:
            options += ["--find-links", str(folder)]
        return [*options, "--no-index"] if self.only_wheels_folder else options

    def resolving(self) -> Sequence[str]:
        """The options of a command that resolves packages."""
        # Building a package, even to learn what it depends on, runs its code.
        return self.options() if self.allow_builds else [*self.options(), "--only-binary", _EVERY]

    def installing(self) -> Sequence[str]:
        """The options of a command that installs packages."""
        return self.options() if self.allow_builds else [*self.options(), "--no-build"]


#: What uv itself is set to, wheels only.
USUAL_SOURCES = PackageSources()
