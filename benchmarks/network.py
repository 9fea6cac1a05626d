"""A run's connections through the host's proxy, against direct connections of this process."""

import contextlib
import socket
import statistics
import threading
from collections.abc import Iterator

from studiolo.experiments.allowance import parse_allowance
from studiolo.modules.script import Script
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.workspace.sandboxes.script_runs import open_runner

_NAME = "bench.example.com"
_BYTES = 512 << 20
_ROUNDS = 5
_CONNECTIONS = 40
#: The same code on both sides of the sandbox's border.
_CLIENT = """
import socket, time
def connected(host, port):
    start = time.perf_counter()
    with socket.create_connection((host, port)) as client:
        client.sendall(b"a")
        client.recv(1)
    return time.perf_counter() - start
def received(host, port):
    buffer, total, start = bytearray(1 << 18), 0, time.perf_counter()
    with socket.create_connection((host, port)) as client:
        client.sendall(b"B")
        while size := client.recv_into(buffer):
            total += size
    return total / (time.perf_counter() - start)
"""
_SCRIPT = f"""
{_CLIENT}
import pandas as pd
def azureml_main():
    return pd.DataFrame({{
        "seconds": [pd.Series([connected({_NAME!r}, 80) for _ in range({_CONNECTIONS})]).median()],
        "rate": [received({_NAME!r}, 80)],
    }})
"""


def main() -> None:
    """Print the added time of a connection and the share of the direct throughput."""
    direct: dict[str, list[float]] = {"seconds": [], "rate": []}
    proxied: dict[str, list[float]] = {"seconds": [], "rate": []}
    client: dict[str, object] = {}
    exec(_CLIENT, client)  # our own text above
    connected, received = client["connected"], client["received"]
    assert callable(connected)
    assert callable(received)
    with _server() as port:
        allow = parse_allowance(f"{_NAME}:80=127.0.0.1:{port}")
        with open_runner(RunSettings(allow=(allow,), warm=2)) as runner:
            for _ in range(_ROUNDS):
                here = ("127.0.0.1", port)
                times = [connected(*here) for _ in range(_CONNECTIONS)]
                direct["seconds"].append(statistics.median(times))
                direct["rate"].append(received(*here))
                (row,) = runner.run(Script(source=_SCRIPT, name="network.py")).table.to_pylist()
                for name, values in proxied.items():
                    values.append(row[name])
    added = [p - d for p, d in zip(proxied["seconds"], direct["seconds"], strict=True)]
    share = [p / d for p, d in zip(proxied["rate"], direct["rate"], strict=True)]
    print(f"added time of a connection: {statistics.median(added) * 1000:.2f} ms (goal: 2 or less)")
    print(f"throughput, share of direct: {statistics.median(share):.2f} (goal: 0.5 or more)")


@contextlib.contextmanager
def _server() -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                accepted, _ = listener.accept()
                threading.Thread(target=talk, args=[accepted], daemon=True).start()

    def talk(accepted: socket.socket) -> None:
        with accepted, contextlib.suppress(OSError):
            if accepted.recv(1) == b"a":
                accepted.sendall(b"b")
            else:
                piece = bytes(1 << 20)
                for _ in range(_BYTES // len(piece)):
                    accepted.sendall(piece)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


if __name__ == "__main__":
    main()
