"""The network of runs that may reach targets by name, against the real sandbox."""

import http.server
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment
from studiolo.experiments.allowance import parse_allowance
from studiolo.sandbox.errors import NetworkUnavailableError
from studiolo.sandbox.network.traffic import NetworkConnection

from .places import LIMITS, POLICY, PREAMBLE, Here, answer_of, attack

_HERE = "127.0.0.1"


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = b"a,b\n1,x\n2,y\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Web:
    """A web server of this machine."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._server = http.server.ThreadingHTTPServer((_HERE, 0), _Handler)
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate")
    folder = tmp_path_factory.mktemp("certificate")
    key, made = folder / "key.pem", folder / "made.pem"
    arguments = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=secure.example.com -addext"
    subject = "subjectAltName=DNS:secure.example.com"
    command = [openssl, *arguments.split(), subject, "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made, key


@pytest.fixture(scope="module")
def secure(certificate: tuple[Path, Path]) -> Iterator[Web]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server = Web(context)
    yield server
    server.close()


@pytest.fixture(scope="module")
def open_here(default_environment: Environment, web: Web, secure: Web) -> Iterator[Here]:
    texts = [
        f"data.example.com:80={_HERE}:{web.port}",
        f"secure.example.com:443={_HERE}:{secure.port}",
        f"localhost:{web.port}",
        f"10.9.8.7:80={_HERE}:{web.port}",
        f"[fd00::7]:80={_HERE}:{web.port}",
        f"nobody.example.com:5432={_HERE}:1",
        # Resolved by the host: it leads to the host itself, which it must not.
        f"{socket.gethostname()}:80",
        "no-such-host.invalid:80",
    ]
    allow = [parse_allowance(text) for text in texts]
    try:
        with Here.opened(default_environment, allow=allow) as here:
            yield here
    except NetworkUnavailableError:
        pytest.skip("this machine has no user namespaces")


def lines(connections: tuple[NetworkConnection, ...] | object) -> list[tuple[str, int, bool]]:
    assert isinstance(connections, tuple)
    return [(c.host, c.port, c.allowed) for c in connections]


def test_plain_clients_reach_what_is_allowed(open_here: Here, web: Web) -> None:
    script = f"""
import urllib.request
def azureml_main():
    for host in ("data.example.com", "localhost:{web.port}", "10.9.8.7", "[fd00::7]"):
        print(urllib.request.urlopen(f"http://{{host}}/").read())
    return pd.read_csv("http://data.example.com/data.csv")
"""
    outcome = open_here.run("import pandas as pd\n" + script)
    assert outcome.failure is None, outcome.failure
    assert outcome.device.console == "b'a,b\\n1,x\\n2,y\\n'\n" * 4
    assert outcome.tables["results_dataset"].to_pydict() == {"a": [1, 2], "b": ["x", "y"]}
    assert lines(outcome.network) == [
        ("data.example.com", 80, True),
        ("localhost", web.port, True),
        ("10.9.8.7", 80, True),
        ("fd00::7", 80, True),
        ("data.example.com", 80, True),
    ]
    for connection in outcome.network:
        assert connection.problem == ""
        assert connection.sent > 50
        assert connection.received > 50
        assert connection.at.tzinfo is not None


def test_tls_is_passed_through(open_here: Here, certificate: tuple[Path, Path]) -> None:
    script = f"""
import ssl, urllib.request
def azureml_main():
    context = ssl.create_default_context(cadata={certificate[0].read_text()!r})
    print(urllib.request.urlopen("https://secure.example.com/", context=context).status)
    return pd.DataFrame()
"""
    outcome = open_here.run("import pandas as pd\n" + script)
    assert outcome.failure is None, outcome.failure
    assert outcome.device.console == "200\n"
    assert lines(outcome.network) == [("secure.example.com", 443, True)]


@pytest.mark.parametrize(
    ("code", "host", "port", "allowed", "said"),
    [
        ('urllib.request.urlopen("http://other.example.com/")', "other.example.com", 80, False,
         "may not reach other.example.com:80. To allow it, run with --allow other.example.com:80"),
        ('socket.create_connection(("data.example.com", 81))', "data.example.com", 81, False,
         "may not reach data.example.com:81"),
        ('socket.socket().connect(("169.254.169.254", 80))', "169.254.169.254", 80, False,
         "may not reach 169.254.169.254:80"),
        (f'socket.create_connection(({socket.gethostname()!r}, 80))',
         socket.gethostname().lower(), 80, False, "has to be allowed itself"),
        ('socket.create_connection(("no-such-host.invalid", 80))', "no-such-host.invalid", 80, True,
         "no-such-host.invalid has no address"),
    ],
)  # fmt: skip
def test_a_refused_target_is_an_error_that_says_so(
    open_here: Here, code: str, host: str, port: int, allowed: bool, said: str
) -> None:
    script = f"import socket, urllib.request\ndef azureml_main():\n    {code}\n"
    outcome = open_here.run(script)
    assert outcome.failure is not None
    assert outcome.failure.code == "target-unreachable"
    assert said in outcome.failure.message
    assert outcome.failure.frames[-1].line == 3
    assert outcome.seconds < 20
    assert lines(outcome.network) == [(host, port, allowed)]
    assert said in outcome.network[0].problem


def test_a_target_that_does_not_answer_is_named_in_the_log(open_here: Here) -> None:
    script = """
def attack():
    with socket.create_connection(("nobody.example.com", 5432)) as client:
        return tried(client.recv, 1)
"""
    outcome = open_here.run(PREAMBLE + script)
    assert answer_of(outcome) == "ECONNRESET"
    assert outcome.network[0].problem == (
        "nobody.example.com:5432 could not be reached: it refused the connection."
    )


def test_without_python_there_is_no_more_to_reach(open_here: Here) -> None:
    """What a program in C meets, which asks nobody before it connects."""
    script = """
import struct
class Found(ctypes.Structure):
    pass
def connect(address, port):
    made = libc.socket(2, 1, 0)
    where = struct.pack("=HHI8x", 2, socket.htons(port), struct.unpack("=I", bytes(address))[0])
    if libc.connect(made, where, len(where)):
        return errno.errorcode[ctypes.get_errno()]
    return os.read(made, 1).decode("ascii", "replace") if port == 1 else "open"
def attack():
    resolver = ctypes.CDLL(None)
    found = ctypes.c_void_p()
    names = [resolver.getaddrinfo(name, b"80", None, ctypes.byref(found))
             for name in (b"data.example.com", b"other.example.com")]
    places = [((1, 1, 1, 1), 80), ((169, 254, 169, 254), 80), ((10, 9, 8, 6), 80),
              ((10, 9, 8, 7), 81), ((127, 0, 0, 1), 22)]
    return [names[0], names[1] != 0, [connect(*place) for place in places]]
"""
    allowed, refused, places = attack(open_here, script)
    assert (allowed, refused) == (0, True)
    assert places == ["ENETUNREACH", "ENETUNREACH", "ENETUNREACH", "ECONNREFUSED", "ECONNREFUSED"]


def test_a_loopback_port_that_is_allowed_for_a_different_host(open_here: Here) -> None:
    script = """
def attack():
    made = libc.socket(2, 1, 0)
    import struct
    where = struct.pack("=HH4s8x", 2, socket.htons(80), socket.inet_aton("127.0.0.1"))
    connected = libc.connect(made, where, len(where))
    return [connected, tried(os.read, made, 1)]
"""
    outcome = open_here.run(PREAMBLE + script)
    assert answer_of(outcome) == [0, "ECONNRESET"]
    assert lines(outcome.network) == [(_HERE, 80, False)]


def test_only_tcp_and_no_server(open_here: Here) -> None:
    script = """
def attack():
    kinds = [(socket.AF_INET, socket.SOCK_DGRAM, 0), (socket.AF_INET, socket.SOCK_RAW, 6),
             (socket.AF_INET6, socket.SOCK_DGRAM, 0), (socket.AF_UNIX, socket.SOCK_STREAM, 0),
             (16, socket.SOCK_RAW, 0), (40, socket.SOCK_STREAM, 0), (17, socket.SOCK_RAW, 0),
             (socket.AF_INET, socket.SOCK_STREAM, 262)]
    made = socket.socket()
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    filtering = tried(made.setsockopt, socket.SOL_SOCKET, 26, b"\\0" * 16)
    serving = [tried(made.bind, ("127.0.0.1", 0)), tried(made.listen), tried(made.accept)]
    return [[tried(socket.socket, *kind) for kind in kinds], filtering, serving]
"""
    kinds, filtering, serving = attack(open_here, script)
    assert kinds == ["EACCES"] * 8
    assert filtering == "EPERM"
    assert serving == ["EPERM"] * 3


def test_each_run_has_a_network_namespace_of_its_own(open_here: Here) -> None:
    script = """
def attack():
    return [os.readlink("/proc/self/ns/net"), os.listdir("/proc/self/fd")]
"""
    inside, files = attack(open_here, script)
    assert inside != str(Path("/proc/self/ns/net").readlink())
    assert len(files) < 9


def test_many_runs_leave_nothing_open(open_here: Here) -> None:
    script = """
def attack():
    return len([socket.create_connection(("data.example.com", 80)) for _ in range(3)])
"""
    attack(open_here, script)
    before = sum(1 for _ in Path("/proc/self/fd").iterdir())
    for _ in range(4):
        attack(open_here, script)
    assert sum(1 for _ in Path("/proc/self/fd").iterdir()) <= before + 2
    assert "studiolo-proxy" not in {thread.name for thread in threading.enumerate()}


def test_a_client_that_never_ends_ends_with_the_run(open_here: Here) -> None:
    script = """
import socket, threading
def ask():
    with socket.create_connection(("127.0.0.1", 1)) as client:
        client.sendall(b"x")
        client.recv(1)
def azureml_main():
    threading.Thread(target=ask).start()
    while True:
        socket.create_connection(("data.example.com", 80)).sendall(b"rubbish")
"""
    outcome = open_here.run(script, limits=replace(LIMITS, timeout_seconds=2, open_files=40))
    assert outcome.failure is not None
    assert outcome.network


def test_without_namespaces_it_is_refused(default_environment: Environment) -> None:
    allow = [parse_allowance("example.com:443")]
    with (
        pytest.raises(NetworkUnavailableError, match="withheld"),
        Here.opened(default_environment, withheld=("namespaces",), allow=allow),
    ):
        raise AssertionError("it should not have started")


def test_the_policy_says_what_landlock_adds(default_environment: Environment) -> None:
    policy = replace(POLICY, landlock=replace(POLICY.landlock, network_by_name=()))
    script = "def attack():\n    return tried(socket.create_connection, ('a.example.com', 80))\n"
    with Here.opened(
        default_environment, policy=policy, allow=[parse_allowance(f"a.example.com:80={_HERE}:1")]
    ) as here:
        # The question itself does not get through, so that what it asks for does not either.
        assert attack(here, script) == "EACCES"
