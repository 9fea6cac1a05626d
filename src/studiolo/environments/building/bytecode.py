"""Compiles what is installed, so that no run pays for it (nor may write it)."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import TemporaryDirectory

from studiolo.environments.environment import Environment
from studiolo.environments.interpreter import Interpreter
from studiolo.environments.progress import BuildPhase, ProgressCallback, counted

_MOST_PROCESSES = 8
_FILES_A_REPORT = 100


def compile_bytecode(
    environment: Environment,
    interpreter: Interpreter,
    *,
    like: Environment | None,
    held: int,
    progress: ProgressCallback | None,
) -> None:
    """Compile what runs may import; files that do not compile are left alone.

    Not by uv's ``--compile-bytecode``, which starts the environment's own Python: that runs the
    ``.pth`` files of the packages just installed, outside the sandbox, and a script may name any
    package. The interpreter outside the environment, without its site (``-I -S``), only parses.

    Args:
        environment: Where to look.
        interpreter: The Python that the environment is for.
        like: An environment for the same Python that may hold some of the same files, compiled.
        held: The descriptor of the environment's lock, inherited by the compilers, so that
            nothing else touches the environment while one is alive.
        progress: Told every hundred files.
    """
    sources = sorted(_uncompiled(environment, like))
    output, compilers_side = os.pipe()
    compilers: list[subprocess.Popen[bytes]] = []
    with TemporaryDirectory(prefix="studiolo-compile-") as folder:
        try:
            try:
                for number, share in enumerate(_shares(sources)):
                    listing = Path(folder) / str(number)
                    listing.write_bytes(os.fsencode("\n".join(share)))
                    compilers.append(_compiler(listing, interpreter, compilers_side, held))
            finally:
                os.close(compilers_side)
            _listen(output, len(sources), progress)
        except BaseException:
            for compiler in compilers:
                compiler.kill()
            raise
        finally:
            os.close(output)
            for compiler in compilers:
                compiler.wait()


def _uncompiled(environment: Environment, like: Environment | None) -> Iterator[str]:
    """The files that are to be compiled, once what the other environment has compiled is shared."""
    # Thousands of files: with `pathlib` it takes twice as long.
    for folder, folders, files in os.walk(environment.path / "lib"):
        # Libraries bring their own tests, a third of their code, and no run imports them.
        folders[:] = [name for name in folders if name not in ("tests", "__pycache__")]
        names = [name for name in files if name.endswith(".py")]
        if like is not None and names:
            twin = f"{like.path}/{os.path.relpath(folder, environment.path)}"
            names = list(_not_shared(names, folder, twin))
        yield from (f"{folder}/{name}" for name in names)


def _not_shared(names: Sequence[str], folder: str, twin: str) -> Iterator[str]:
    """Link what a twin of the folder has compiled of the very same files; the other files."""
    with suppress(OSError):
        os.makedirs(f"{folder}/__pycache__", exist_ok=True)
    for name in names:
        cached = cache_from_source(name)
        try:
            own, other = os.stat(f"{folder}/{name}"), os.stat(f"{twin}/{name}")
            shared = os.path.samestat(own, other)
            if shared:
                os.link(f"{twin}/{cached}", f"{folder}/{cached}")
        except OSError:
            shared = False
        if not shared:
            yield name


def _shares(sources: Sequence[str]) -> list[Sequence[str]]:
    processes = min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)
    return [sources[number::processes] for number in range(processes)]


def _compiler(
    listing: Path, interpreter: Interpreter, output: int, held: int
) -> subprocess.Popen[bytes]:
    """Start compiling the files of a list.

    A process of our own a share, rather than compileall's pool, whose workers would wait for
    ever, and hold the lock, if their parent were killed.
    """
    options = ["-I", "-S", "-u", "-W", "ignore"]
    return subprocess.Popen(
        [interpreter.executable, *options, "-m", "compileall", "-i", listing],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.DEVNULL,
        pass_fds=(held,),
        umask=0o022,  # the sandbox's user has to read it
    )


def _listen(output: int, total: int, progress: ProgressCallback | None) -> None:
    done = 0
    # compileall prints a line a file; the lines of two processes may mix, their number does not.
    while read := os.read(output, 1 << 16):
        before, done = done, min(done + read.count(b"\n"), total)
        if progress is not None and done // _FILES_A_REPORT > before // _FILES_A_REPORT:
            progress(counted(BuildPhase.COMPILING, "Compiling files", done=done, total=total))
