"""Compiles what is installed, so that no run pays for it (nor may write it)."""

import os
import subprocess
from collections.abc import Sequence
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
    sources = sorted(
        str(path)
        for path in environment.path.glob("lib/python*/**/*.py")
        # Libraries bring their own tests, a third of their code, and no run imports them.
        if "tests" not in path.parts
        and (like is None or not _share_bytecode(path, environment, like))
    )
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


def _share_bytecode(path: Path, environment: Environment, like: Environment) -> bool:
    """Link what the other environment has compiled of this file, if it is the very same file."""
    twin = like.path / path.relative_to(environment.path)
    try:
        if not path.samefile(twin):
            return False
        cached = cache_from_source(str(path))
        Path(cached).parent.mkdir(exist_ok=True)
        os.link(cache_from_source(str(twin)), cached)
    except OSError:
        return False
    return True


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
