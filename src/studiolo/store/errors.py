"""Errors of the store: records, blobs, and conflicts with other processes."""

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from studiolo.errors import StudioloError
from studiolo.store.database_address import DatabaseAddress
from studiolo.suggestions import did_you_mean


class StoreError(StudioloError):
    """The records of a workspace cannot be read or added to."""

    code: ClassVar[str] = "records-error"


class RecordsUnusableError(StoreError):
    """The operating system refused to read or write there."""

    code: ClassVar[str] = "records-unusable"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f'The workspace\'s records at "{path}" cannot be used: {reason}. Check the disk and '
            "the permissions; earlier records are unchanged."
        )


class RecordsReadOnlyError(StoreError):
    """Something is to be recorded in a workspace that may only be read."""

    code: ClassVar[str] = "records-read-only"

    def __init__(self, *, place: Path | DatabaseAddress, purpose: str) -> None:
        self.place = place
        self.purpose = purpose
        if isinstance(place, DatabaseAddress):
            advice = "Give its user the right to create tables there and to change them."
        else:
            advice = "Make the folder writable for this user, or work on a copy of the workspace."
        super().__init__(f'This process may not write to "{place}", so {purpose}. {advice}')


class RecordsFullError(StoreError):
    """The disk has no room for what is to be kept."""

    code: ClassVar[str] = "records-disk-full"

    def __init__(self, *, place: Path | DatabaseAddress, reason: str) -> None:
        self.place = place
        self.reason = reason
        super().__init__(
            f'There is no room left in "{place}": {reason}. Everything kept before is intact. Free '
            "some space, or forget old runs, and run again: nodes that have finished do not run a "
            "second time."
        )


class RecordsBusyError(StoreError):
    """Another process keeps the records to itself for longer than this one waits."""

    code: ClassVar[str] = "records-busy"

    def __init__(self, *, place: Path | DatabaseAddress, seconds: float) -> None:
        self.place = place
        self.seconds = seconds
        super().__init__(
            f'Another process has been holding "{place}" for more than {seconds:g} seconds. Wait '
            "until it is done, or end it if it hangs, and try again."
        )


class RecordsDamagedError(StoreError):
    """The database's file is not what SQLite wrote."""

    code: ClassVar[str] = "records-damaged"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f'The workspace\'s records "{path}" are damaged: {reason}. Restore a copy of the file '
            "if you have one. Otherwise move it away, with the files beside it whose names begin "
            "the same way: Studiolo then starts new records. Experiments and datasets are not in "
            "it; you lose the history of runs and what is published, and every node runs once more."
        )


class RecordsNewerError(StoreError):
    """The records were made by a Studiolo that is newer than this one."""

    code: ClassVar[str] = "records-newer"

    def __init__(self, *, place: Path | DatabaseAddress, found: str, known: str) -> None:
        self.place = place
        self.found = found
        self.known = known
        super().__init__(
            f'The workspace\'s records "{place}" have the version {found}, and this Studiolo knows '
            f"versions up to {known}. Nothing was changed. Use the Studiolo that made them, or a "
            "newer one."
        )


class DriverMissingError(StoreError):
    """The records are in a PostgreSQL database, and its driver is not installed."""

    code: ClassVar[str] = "database-driver-missing"

    def __init__(self, *, address: DatabaseAddress) -> None:
        self.address = address
        super().__init__(
            f'The workspace\'s records are in "{address}", and the driver for PostgreSQL is not '
            'installed. Install Studiolo with it: pip install "studiolo[postgresql]".'
        )


class DatabaseUnreachableError(StoreError):
    """The server of a database does not answer, or has closed the connection."""

    code: ClassVar[str] = "database-unreachable"

    def __init__(self, *, address: DatabaseAddress, reason: str) -> None:
        self.address = address
        self.reason = reason
        super().__init__(
            f'The database "{address}" can\'t be reached: {reason}. Check that its server runs, '
            'and the host and the port in studiolo.toml; "pg_isready" tells whether it answers.'
        )


class DatabaseLoginError(StoreError):
    """The server of a database refuses the user."""

    code: ClassVar[str] = "database-login"

    def __init__(self, *, address: DatabaseAddress, reason: str) -> None:
        self.address = address
        self.reason = reason
        super().__init__(
            f'The server of the database "{address}" refuses the login: {reason}. Check the user '
            "in studiolo.toml, and the password: in the environment as PGPASSWORD, or in ~/.pgpass."
        )


class DatabaseMissingError(StoreError):
    """The server does not have the database."""

    code: ClassVar[str] = "database-missing"

    def __init__(self, *, address: DatabaseAddress) -> None:
        self.address = address
        name = address.database
        super().__init__(
            f'There is no database "{name}" at "{address}". Create it on its server with "createdb '
            f'--encoding=UTF8 {name}", or name another one in studiolo.toml.'
        )


class DatabaseUnsuitableError(StoreError):
    """Records can't be kept in a database, whatever its server allows."""

    code: ClassVar[str] = "database-unsuitable"

    def __init__(self, *, address: DatabaseAddress, problem: str) -> None:
        self.address = address
        self.problem = problem
        super().__init__(
            f'Records can\'t be kept in the database "{address}": {problem}. Nothing was changed.'
        )


class DatabaseTakenError(StoreError):
    """A database holds the records of another workspace."""

    code: ClassVar[str] = "database-taken"

    def __init__(self, *, address: DatabaseAddress, owner: str, file: Path) -> None:
        self.address = address
        self.owner = owner
        self.file = file
        super().__init__(
            f'The database "{address}" holds the records of another workspace. Give each workspace '
            "a database of its own, or a schema of its own in one. If they are this workspace's, "
            f'and its file "{file}" was lost, write {owner} into that file.'
        )


class BlobMissingError(StoreError):
    """A kept result is recorded, but its bytes are not there."""

    code: ClassVar[str] = "blob-missing"

    def __init__(self, *, path: Path) -> None:
        self.path = path
        super().__init__(
            f'The kept result "{path}" is missing: the file was removed. Run the experiment '
            "again; nodes whose results are missing run again, too."
        )


class BlobRottenError(StoreError):
    """A kept result's bytes are not those that were written."""

    code: ClassVar[str] = "blob-rotten"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f'The kept result "{path}" has changed since it was written: {reason}. The disk may be '
            "failing, or something changed the file. Remove it and run the experiment again; "
            "nodes whose results are missing run again, too."
        )


class WorkspaceInUseError(StoreError):
    """An action needs the workspace for itself, and other processes use it."""

    code: ClassVar[str] = "workspace-in-use"

    def __init__(self, *, path: Path, purpose: str) -> None:
        self.path = path
        self.purpose = purpose
        super().__init__(
            f'Other processes are using "{path}", so {purpose}. Try again when their runs have '
            "ended."
        )


class RunHeldError(StoreError):
    """A run is to be carried by a second process."""

    code: ClassVar[str] = "run-held"

    def __init__(self, *, run: str) -> None:
        self.run = run
        super().__init__(
            f'The run "{run}" is being carried out by another process. Wait for it, or cancel it '
            "there."
        )


class RunUnknownError(StoreError):
    """No run has that id, or begins like it."""

    code: ClassVar[str] = "run-unknown"

    def __init__(self, *, run: str, recent: Sequence[str]) -> None:
        self.run = run
        self.recent = tuple(recent)
        if self.recent:
            newest = f' The newest run is "{self.recent[0]}".'
            hint = did_you_mean(run, self.recent) or newest
        else:
            hint = " Nothing has been run in this workspace yet."
        super().__init__(f'There is no run "{run}".{hint}')


class RunAmbiguousError(StoreError):
    """Several runs' ids begin with what was given."""

    code: ClassVar[str] = "run-ambiguous"

    def __init__(self, *, run: str, matches: Sequence[str]) -> None:
        self.run = run
        self.matches = tuple(matches)
        shown = ", ".join(f'"{match}"' for match in self.matches[:5])
        more = " and more" if len(self.matches) > 5 else ""
        super().__init__(f'"{run}" may mean {shown}{more}. Give more of the id.')


@contextmanager
def store_errors(path: Path, *, purpose: str) -> Iterator[None]:
    """Says in our words what the operating system has against a change below ``path``."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        # EFBIG is what a limit on the size of files gives.
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise RecordsFullError(place=path, reason=reason) from error
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise RecordsReadOnlyError(place=path, purpose=purpose) from error
        raise RecordsUnusableError(path=path, reason=reason) from error
