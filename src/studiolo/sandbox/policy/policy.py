"""The sandbox policy as values: what ``policy.toml`` says, read strictly."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from studiolo.quantities import parse_size
from studiolo.sandbox.errors import PolicyError
from studiolo.sandbox.policy.syscall_policy import SyscallPolicy, read_syscall_policy
from studiolo.toml_table import TomlDocument, TomlTable, TomlTableError
from studiolo.toml_text import NotTomlError, read_toml

#: Finding a mistake in a policy is worth the time that it takes.
_MOST_LINES = 10_000
#: The policy that comes with Studiolo.
DEFAULT_POLICY = Path(__file__).with_name("policy.toml")

NAMESPACES = ("user", "mount", "pid", "network", "ipc", "uts", "cgroup")
#: Those that the jail is made of.
INDISPENSABLE_NAMESPACES = ("user", "mount", "pid")
#: Rights of the kernel's Landlock, by the names of its header in lower case.
LANDLOCK_FILE_RIGHTS = (
    "execute",
    "write_file",
    "read_file",
    "read_dir",
    "remove_dir",
    "remove_file",
    "make_char",
    "make_dir",
    "make_reg",
    "make_sock",
    "make_fifo",
    "make_block",
    "make_sym",
    "refer",
    "truncate",
    "ioctl_dev",
)
LANDLOCK_NETWORK_RIGHTS = ("bind_tcp", "connect_tcp")
LANDLOCK_SCOPES = ("abstract_unix_socket", "signal")
#: Resource limits that do not follow from ``Limits``.
FIXED_RLIMITS = ("core", "memlock", "msgqueue", "sigpending", "rtprio", "nice")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much one run may use. Sizes are bytes."""

    #: Address space on top of what the idle interpreter maps.
    memory: int
    #: Wall clock.
    timeout_seconds: int
    #: Threads that libraries may use at once.
    cpus: int
    #: Processes and threads together.
    processes: int
    open_files: int
    #: The same where no control group counts the run's memory.
    processes_uncounted: int
    open_files_uncounted: int
    #: Largest single file.
    file_size: int
    work_directory_size: int
    work_directory_files: int
    #: What is stored of stdout and stderr together.
    console_kept: int
    #: What the host reads of them in a second.
    console_rate: int
    #: One returned dataset as Arrow bytes.
    result_size: int
    result_columns: int
    images: int
    #: All images together.
    image_bytes: int
    #: Width times height of one image.
    image_pixels: int
    #: What the guest says of a run, without its results.
    report_size: int

    @property
    def uncounted(self) -> "Limits":
        """The limits of a run whose memory no control group counts."""
        return replace(
            self,
            processes=min(self.processes, self.processes_uncounted),
            open_files=min(self.open_files, self.open_files_uncounted),
        )

    @property
    def cpu_seconds(self) -> int:
        """CPU time of one process: a second limit behind the wall clock, so never shorter."""
        return self.timeout_seconds * self.cpus


@dataclass(frozen=True, kw_only=True)
class WarmUpPolicy:
    """How much the process may use that loads the libraries and forks the runs."""

    #: Bytes of memory until it is ready.
    memory: int
    #: Seconds until it is ready.
    timeout_seconds: int
    #: Itself and all its runs together.
    processes: int
    #: Bytes that libraries may write while they are loaded.
    scratch_size: int
    #: Whether its memory is arranged so that many forks cost little.
    forks_are_prepared: bool


@dataclass(frozen=True, kw_only=True)
class FilesystemPolicy:
    """The files that a run can see. All paths are absolute."""

    #: Host folders bound read-only.
    read_only: tuple[str, ...]
    #: Host files and folders of ``/etc`` shown read-only where they exist.
    shown: tuple[str, ...]
    devices: tuple[str, ...]
    #: Where the run's own tmpfs is mounted.
    private: str
    #: Bytes of the read-only root, without what is bound into it.
    root_size: int
    #: Folders made in it; the first is the working directory.
    folders: tuple[str, ...]
    #: Symbolic links, path to target.
    links: Mapping[str, str]
    #: Files written into the view, path to content.
    written: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class LandlockPolicy:
    """Rights by kind of path; names as in ``LANDLOCK_FILE_RIGHTS`` and its neighbours."""

    read_only: tuple[str, ...]
    devices: tuple[str, ...]
    private: tuple[str, ...]
    network: tuple[str, ...]
    #: The same for runs that may reach targets by name.
    network_by_name: tuple[str, ...]
    scoped: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Everything a run may do."""

    limits: Limits
    warm_up: WarmUpPolicy
    filesystem: FilesystemPolicy
    #: The zygote's environment in full.
    environment: Mapping[str, str]
    #: Namespaces to enter, with what each is for.
    namespaces: Mapping[str, str]
    landlock: LandlockPolicy
    #: Resource limits that are the same for every run, by lower-case name.
    rlimits: Mapping[str, int]
    syscalls: SyscallPolicy


def load_policy(source: Path | str = DEFAULT_POLICY) -> Policy:
    """Read a policy from a file, or from its text where ``source`` is a string.

    Raises:
        PolicyError: A key is unknown or missing, a value has the wrong type, or lists contradict
            one another.
    """
    if isinstance(source, Path):
        return _read_policy(source.name, _read_file(source))
    return _read_policy("policy text", source)


def _read_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = f'the file "{path}" cannot be read: {error}.'
        raise PolicyError(source=path.name, line=None, problem=problem) from error


def _read_policy(source: str, text: str) -> Policy:
    try:
        content = read_toml(text)
    except NotTomlError as error:
        problem = f"not valid TOML: {error.reason}."
        raise PolicyError(source=source, line=error.line, problem=problem) from error
    document = TomlDocument(file=source, text=text, most_lines=_MOST_LINES)
    try:
        return _policy(TomlTable(document=document, content=content))
    except TomlTableError as error:
        raise PolicyError(
            source=source, line=error.line, problem=error.problem, mistake=error
        ) from error


def _policy(top: TomlTable) -> Policy:
    rlimits = top.table("rlimits")
    rlimits.only(FIXED_RLIMITS)
    policy = Policy(
        limits=_read_limits(top.table("limits")),
        warm_up=_read_warm_up(top.table("warm_up")),
        filesystem=_read_filesystem(top.table("filesystem")),
        environment=_read_texts(top.table("environment")),
        namespaces=_read_namespaces(top.table("namespaces")),
        landlock=_read_landlock(top.table("landlock")),
        rlimits={name: rlimits.integer(name) for name in rlimits.content},
        syscalls=read_syscall_policy(top.table("seccomp")),
    )
    top.finish()
    return policy


def _read_limits(table: TomlTable) -> Limits:
    limits = Limits(
        memory=table.parsed("memory", parse_size),
        timeout_seconds=table.integer("timeout_seconds", minimum=1),
        cpus=table.integer("cpus", minimum=1),
        processes=table.integer("processes", minimum=1),
        open_files=table.integer("open_files", minimum=1),
        processes_uncounted=table.integer("processes_uncounted", minimum=1),
        open_files_uncounted=table.integer("open_files_uncounted", minimum=1),
        file_size=table.parsed("file_size", parse_size),
        work_directory_size=table.parsed("work_directory_size", parse_size),
        work_directory_files=table.integer("work_directory_files", minimum=1),
        console_kept=table.parsed("console_kept", parse_size),
        console_rate=table.parsed("console_rate", parse_size),
        result_size=table.parsed("result_size", parse_size),
        result_columns=table.integer("result_columns", minimum=1),
        images=table.integer("images"),
        image_bytes=table.parsed("image_bytes", parse_size),
        image_pixels=table.integer("image_pixels", minimum=1),
        report_size=table.parsed("report_size", parse_size),
    )
    table.finish()
    return limits


def _read_warm_up(table: TomlTable) -> WarmUpPolicy:
    warm_up = WarmUpPolicy(
        memory=table.parsed("memory", parse_size),
        timeout_seconds=table.integer("timeout_seconds", minimum=1),
        processes=table.integer("processes", minimum=1),
        scratch_size=table.parsed("scratch_size", parse_size),
        forks_are_prepared=table.flag("forks_are_prepared", False),
    )
    table.finish()
    return warm_up


def _read_filesystem(table: TomlTable) -> FilesystemPolicy:
    filesystem = FilesystemPolicy(
        read_only=_read_paths(table, "read_only"),
        shown=_read_paths(table, "shown"),
        devices=_read_paths(table, "devices"),
        private=table.text("private"),
        root_size=table.parsed("root_size", parse_size),
        folders=_read_paths(table, "folders"),
        links=_read_texts(table.table("links")),
        written=_read_texts(table.table("written")),
    )
    table.finish()
    for folder in filesystem.folders:
        if not folder.startswith(f"{filesystem.private}/"):
            table.fail("folders", f'has "{folder}", which is not below "{filesystem.private}"')
    if not filesystem.folders:
        table.fail("folders", "needs at least the working directory")
    return filesystem


def _read_namespaces(table: TomlTable) -> dict[str, str]:
    namespaces = _read_texts(table, allowed=NAMESPACES)
    for name in INDISPENSABLE_NAMESPACES:
        if name not in namespaces:
            raise table.missing(name, "a sandbox can't be built without it")
    return namespaces


def _read_landlock(table: TomlTable) -> LandlockPolicy:
    landlock = LandlockPolicy(
        read_only=table.words("read_only", LANDLOCK_FILE_RIGHTS),
        devices=table.words("devices", LANDLOCK_FILE_RIGHTS),
        private=table.words("private", LANDLOCK_FILE_RIGHTS),
        network=table.words("network", LANDLOCK_NETWORK_RIGHTS),
        network_by_name=table.words("network_by_name", LANDLOCK_NETWORK_RIGHTS),
        scoped=table.words("scoped", LANDLOCK_SCOPES),
    )
    table.finish()
    return landlock


def _read_paths(table: TomlTable, key: str) -> tuple[str, ...]:
    paths = table.words(key)
    for path in paths:
        if not path.startswith("/") or ".." in path.split("/"):
            table.fail(key, f'has "{path}", which must be an absolute path without ".."')
    return paths


def _read_texts(table: TomlTable, allowed: tuple[str, ...] | None = None) -> dict[str, str]:
    if allowed is not None:
        table.only(allowed)
    return {key: table.text(key, blank=True) for key in table.content}
