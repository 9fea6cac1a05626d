"""Half an hour of everything that can happen to a server of web services, at the same time.

`python -m benchmarks.soak [SECONDS]`. Honest clients check that each answer is their own. Meanwhile
others send requests that hang, crash, flood and leave things behind; clients go away; versions
change; processes of the server are killed. In the end every request was answered, no answer was
another request's, and nothing is left behind. If any of that is not so, it ends with code 1.
"""

import http.client
import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.scoring_servers import free_port, process
from studiolo.store.services.service_record import (
    EndpointLimits,
    EndpointSettings,
    KeySlot,
    ServiceIsolation,
)
from studiolo.workspace.folder.sample import new_workspace
from studiolo.workspace.workspace import Workspace

_SECONDS = 1800.0
#: Honest clients of each endpoint.
_CLIENTS = 3
#: Seconds between two changes of versions, and between two kills.
_CHANGE, _KILL = 2.0, 1.0
#: Before the first look: the process that reads files starts after five seconds.
_WARM_UP = 8.0
#: For the server to come to rest, on a machine that others use as well.
_REST = 60.0
_LIMITS = replace(EndpointLimits(), concurrent_calls=6, seconds=5.0)
_EXPERIMENT = """studiolo: 1
name: Soak
nodes:
  rows: {dataset: rows.csv}
  input1: {module: web-service-input, inputs: {dataset: rows}}
  work: {module: execute-python-script, script: work.py, inputs: {dataset1: input1}}
  output1: {module: web-service-output, inputs: {dataset: work}}
"""
_SCRIPT = """import os, socket, sys, threading, time
def azureml_main(frame):
    what = frame.what[0]
    if what == "hang":
        while True: pass
    if what == "sleep": time.sleep(60)
    if what == "exit": os._exit(3)
    if what == "crash": os.abort()
    if what == "raise": raise ValueError("no")
    if what == "print":
        for _ in range(200_000): print("flood " * 20)
    if what == "files":
        for number in range(2_000): open(f"/job/tmp/{number}", "w").write("x" * 1000)
    if what == "threads":
        for _ in range(8): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    if what == "processes":
        for _ in range(8):
            if os.fork() == 0: time.sleep(60)
    if what == "sockets": sys.left = [socket.socketpair() for _ in range(20)]
    return frame.assign(twice=frame.number * 2, version=VERSION)
"""
#: What the owner of a process hears that was killed from outside.
_KILLED = (b"The script's interpreter was killed", b"The script ended its own interpreter")
_HOSTILE = [
    "hang",
    "sleep",
    "exit",
    "crash",
    "raise",
    "print",
    "files",
    "threads",
    "processes",
    "sockets",
]


@dataclass(kw_only=True)
class Counts:
    """The counts of one soak."""

    #: What became of the requests: "answered", "mixed", "busy" and the like.
    outcomes: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    #: What an honest request got instead of an answer, the first few.
    lost: list[str] = field(default_factory=list)

    def count(self, outcome: str, detail: str = "") -> None:
        """Count one."""
        with self.lock:
            self.outcomes[outcome] += 1
            if detail and len(self.lost) < 10:
                self.lost.append(detail)


@dataclass(frozen=True, kw_only=True)
class Target:
    """An endpoint to be called."""

    port: int
    path: str
    key: str

    def ask(self, numbers: Sequence[int], what: str) -> tuple[int, bytes]:
        """Have numbers doubled; status and body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", self.path, self.body(numbers, what), self.headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def leave(self, numbers: Sequence[int]) -> None:
        """Ask, and go away before there is an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", self.path, self.body(numbers, "sleep"), self.headers)
        time.sleep(random.random() * 0.2)
        connection.close()

    @property
    def headers(self) -> Mapping[str, str]:
        """Those of each request."""
        return {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}

    def body(self, numbers: Sequence[int], what: str) -> str:
        """The body of a request."""
        rows = [{"number": number, "what": what} for number in numbers]
        return json.dumps({"inputs": {"input1": rows}})


def main() -> None:
    """Soak, report, and end with 1 if anything was lost, mixed or left."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else _SECONDS
    with TemporaryDirectory() as name:
        root = Path(name) / "workspace"
        temporary = Path(name) / "temporary"
        temporary.mkdir()
        os.environ["TMPDIR"] = str(temporary)
        new_workspace(root, samples=False)
        with Workspace(root) as workspace, ExitStack() as stack:
            keys = _publish(workspace, root)
            port = free_port()
            command = [sys.executable, "-m", "studiolo", "serve", "--port", str(port)]
            log = stack.enter_context((Path(name) / "log").open("w+"))
            with process([*command, "--workspace", root], port, log=log.fileno()) as server:
                targets = [
                    Target(port=port, path=f"/services/soak/endpoints/{name}/score", key=key)
                    for name, key in keys.items()
                ]
                wrong = _soak(workspace, server.pid, targets, seconds)
                server.send_signal(signal.SIGINT)
                if server.wait(60) != 0:
                    wrong.append(f"the server ended with code {server.returncode}")
            wrong += _left_after(server.pid, temporary)
            if wrong:
                log.seek(0)
                # Without the lines for requests.
                print("".join(line for line in log if '"status"' not in line))
    for line in wrong:
        print(f"WRONG: {line}")
    sys.exit(1 if wrong else 0)


def _publish(workspace: Workspace, root: Path) -> dict[str, str]:
    """Two versions, and an endpoint of each isolation; a key to each."""
    folder = root / "experiments" / "soak"
    folder.mkdir(parents=True)
    (folder / "experiment.yaml").write_text(_EXPERIMENT)
    (root / "datasets" / "rows.csv").write_text("number,what\n1,\n2,nothing\n")
    keys = {}
    for version in (1, 2):
        (folder / "work.py").write_text(_SCRIPT.replace("VERSION", str(version)))
        for isolation in ServiceIsolation:
            publication = workspace.services.publish(
                workspace.experiment("soak"),
                service="soak",
                endpoint=isolation.value,
                settings=EndpointSettings(isolation=isolation, limits=_LIMITS),
            )
            if publication.keys:
                keys[isolation.value] = publication.keys[KeySlot.PRIMARY].reveal()
    return keys


def _soak(
    workspace: Workspace, server: int, targets: Sequence[Target], seconds: float
) -> list[str]:
    """Do all of it at the same time; what went wrong."""
    counts = Counts()
    versions = _Versions(workspace)

    def ask() -> None:
        for target in targets:
            target.ask([1], "nothing")

    versions.change(first=True)
    _warm_up(targets)
    before = _at_rest(server, None, ask)
    over = threading.Event()
    work: list[Callable[[], None]] = [lambda: _every(over, _CHANGE, versions.change)]
    work += [lambda: _every(over, _KILL, lambda: _kill_one(server, counts))]
    for target in targets:
        work += [partial(_honest, over, target, counts)] * _CLIENTS
        work += [partial(_hostile, over, target, counts)]
        work += [partial(_leaving, over, target, counts)]
    with ThreadPoolExecutor(len(work)) as threads:
        running = [threads.submit(one) for one in work]
        wait(running, seconds, return_when=FIRST_EXCEPTION)
        over.set()
    for one in running:
        one.result()
    versions.change(first=True)
    after = _at_rest(server, before, ask)
    for name, value in sorted(counts.outcomes.items()):
        print(f"{name:32}{value:10,}")
    for name in before:
        print(f"{name:32}{before[name]:10,} before {after[name]:10,} after")
    return [*_wrong(counts), *_more(before, after)]


def _wrong(counts: Counts) -> list[str]:
    outcomes = counts.outcomes
    found = [
        f"{outcomes[name]} requests were {name}" for name in ("mixed", "lost") if outcomes[name]
    ]
    found += counts.lost
    # A kill can meet the requests of one process; that of a version's own process, all of them.
    killed, kills = outcomes["killed with their process"], outcomes["kills"]
    if killed > kills * _LIMITS.concurrent_calls:
        found.append(f"{killed} requests ended with their process, of which {kills} were killed")
    if outcomes["out of time"] > outcomes["answered"] / 4:
        found.append(f"{outcomes['out of time']} requests ran out of time")
    if outcomes["answered"] < 10:
        found.append(f"only {outcomes['answered']} requests were answered")
    return found


def _more(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    """What there is more of after than before."""
    room = {
        # A thread that reads the records has its own connection to them.
        "descriptors": 8,
        "megabytes of the server": max(100, before["megabytes of the server"]),
    }
    return [
        f"{name}: {before[name]} before, {after[name]} after"
        for name in before
        if after[name] > before[name] + room.get(name, 0)
    ]


class _Versions:
    """Gives all endpoints' calls to one version, then to the other, then to both."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._turn = 0

    def change(self, *, first: bool = False) -> None:
        """Change the traffic."""
        self._turn = 0 if first else self._turn + 1
        services = self._workspace.services
        numbers = [version.number for version in services.find("soak").versions]
        shares = [{numbers[0]: 100}, {numbers[-1]: 100}, {numbers[0]: 50, numbers[-1]: 50}]
        for isolation in ServiceIsolation:
            services.set_traffic("soak", shares[self._turn % len(shares)], isolation.value)


def _every(over: threading.Event, seconds: float, do: Callable[[], None]) -> None:
    while not over.wait(seconds):
        do()


def _honest(over: threading.Event, target: Target, counts: Counts) -> None:
    while not over.is_set():
        numbers = [random.randrange(1 << 30) for _ in range(random.randint(1, 20))]
        try:
            status, body = target.ask(numbers, "nothing")
        except (OSError, http.client.HTTPException) as error:
            counts.count("lost", f"{type(error).__name__}: {error}")
            continue
        if status == http.client.OK:
            rows = json.loads(body)["outputs"]["output1"]
            twice = [row["twice"] for row in rows]
            counts.count("answered" if twice == [2 * number for number in numbers] else "mixed")
        elif status == http.client.SERVICE_UNAVAILABLE:
            counts.count("told to come again")
            over.wait(0.1)
        elif any(words in body for words in _KILLED):
            counts.count("killed with their process")
        elif status == http.client.REQUEST_TIMEOUT:
            # On a machine that others use, or while hostile requests do, that can be so.
            counts.count("out of time")
        else:
            counts.count("lost", f"{status}: {body[:300].decode()}")


def _hostile(over: threading.Event, target: Target, counts: Counts) -> None:
    while not over.is_set():
        what = random.choice(_HOSTILE)
        with suppress(OSError, http.client.HTTPException):
            status, _ = target.ask([1], what)
            counts.count(f"hostile ({what}): {status}")


def _leaving(over: threading.Event, target: Target, counts: Counts) -> None:
    while not over.wait(0.2):
        with suppress(OSError):
            target.leave([1, 2])
            counts.count("clients that went away")


def _kill_one(server: int, counts: Counts) -> None:
    """Kill a process of the server's: a fork as a rule, and at times what it is a fork of."""
    family = _family(server)[1:]
    leaves = [pid for pid in family if not _children(pid)]
    chosen = random.choice(family if random.random() < 0.1 else leaves or family or [0])
    if chosen:
        with suppress(ProcessLookupError):
            os.kill(chosen, signal.SIGKILL)
            counts.count("kills")


def _warm_up(targets: Sequence[Target]) -> None:
    """Have the server start what it keeps: all workers, and the process that reads files."""
    until = time.monotonic() + _WARM_UP
    with ThreadPoolExecutor(_LIMITS.concurrent_calls) as threads:
        while time.monotonic() < until:
            for target in targets:
                calls = [[number] for number in range(_LIMITS.concurrent_calls)]
                list(threads.map(lambda numbers, to=target: to.ask(numbers, "nothing"), calls))


def _at_rest(
    server: int, wanted: Mapping[str, int] | None, ask: Callable[[], None]
) -> dict[str, int]:
    """The figures of a server between two requests; waits until they are at most ``wanted``.

    It asks for something before each look, because a request also removes what others have left.
    """
    until = time.monotonic() + _REST
    ask()
    found = _figures(server)
    while time.monotonic() < until:
        ask()
        time.sleep(1)
        now = _figures(server)
        settled = now == found if wanted is None else not _more(wanted, now)
        found = now
        if settled:
            break
    return found


def _figures(server: int) -> dict[str, int]:
    status = Path(f"/proc/{server}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return {
        "processes": len(_family(server)),
        "descriptors": len(list(Path(f"/proc/{server}/fd").iterdir())),
        "memory groups": len(_groups(server)),
        "megabytes of the server": int(resident.split()[1]) >> 10,
    }


def _left_after(server: int, temporary: Path) -> list[str]:
    """What a server that has ended has left."""
    found = [f"the memory group {group} is left" for group in _groups(server)]
    found += [f"the file {path} is left" for path in temporary.rglob("*")]
    return found


def _groups(server: int) -> list[Path]:
    root = Path("/sys/fs/cgroup")
    return [path for path in root.rglob(f"studiolo-{server}-*/**") if path.is_dir()]


def _family(pid: int) -> list[int]:
    return [pid, *(member for child in _children(pid) for member in _family(child))]


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


if __name__ == "__main__":
    main()
