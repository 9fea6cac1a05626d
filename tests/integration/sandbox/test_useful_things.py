"""What honest scripts do, with every layer on."""

from collections.abc import Iterator

import pytest

from studiolo.environments.environment import Environment

from .places import PREAMBLE, Here, Place, answer_of, attack

_DATA = """
import numpy as np
def data():
    random = np.random.default_rng(0)
    x = random.normal(size=(300, 5))
    return x, (x[:, 0] + x[:, 1] > 0).astype(int)
"""
LEARNING = {
    "a forest in two threads": """
    from sklearn.ensemble import RandomForestClassifier
    return RandomForestClassifier(20, n_jobs=2, random_state=0).fit(*data()).score(*data()) > 0.9
""",
    "boosting with OpenMP": """
    from sklearn.ensemble import HistGradientBoostingClassifier
    return HistGradientBoostingClassifier(max_iter=10).fit(*data()).score(*data()) > 0.9
""",
    "k-means": """
    from sklearn.cluster import KMeans
    return KMeans(3, n_init=2, random_state=0).fit(data()[0]).labels_.shape == (300,)
""",
    "cross-validation": """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    return bool(cross_val_score(LogisticRegression(), *data(), cv=3, n_jobs=2).mean() > 0.8)
""",
    # The packages' metadata takes longer to read than a model to predict; see `rehearsal`.
    "a prediction that reads no metadata": """
    from sklearn.linear_model import LinearRegression
    opened = []
    sys.addaudithook(lambda event, what: opened.append(str(what[0])) if event == "open" else None)
    frame = pd.DataFrame(data()[0]).rename(columns=str)
    LinearRegression().fit(frame, frame["0"]).predict(frame)
    return [path for path in opened if ".dist-info" in path] == []
""",
    "joblib": """
    import joblib
    return joblib.Parallel(n_jobs=2)(joblib.delayed(abs)(n) for n in range(-3, 0)) == [3, 2, 1]
""",
    "parquet": """
    pd.DataFrame({"a": [1, 2], "b": ["x", None]}).to_parquet("a.parquet")
    return pd.read_parquet("a.parquet").b.isna().tolist() == [False, True]
""",
    "pictures": """
    import matplotlib.pyplot as plt
    plt.plot([1, 2])
    for kind in ("png", "svg", "pdf", "jpg"):
        plt.savefig(f"picture.{kind}")
    return sorted(os.listdir("."))  == ["picture.jpg", "picture.pdf", "picture.png", "picture.svg"]
""",
    "linear algebra in threads": """
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(2) as pool:
        traces = pool.map(lambda n: np.linalg.inv(np.eye(n)).trace(), [50, 60])
        return [round(trace) for trace in traces] == [50, 60]
""",
}
#: Work at every level; the second of each pair tells whether it takes another process.
PLAIN = {
    "threads": ("""
    seen = []
    threads = [threading.Thread(target=seen.append, args=[n]) for n in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return sorted(seen) == [0, 1, 2, 3]
""", False),
    "asyncio": ("""
    import asyncio
    async def main():
        await asyncio.sleep(0.01)
        return await asyncio.to_thread(len, "abc")
    return asyncio.run(main()) == 3
""", False),
    "sqlite": ("""
    import sqlite3
    with sqlite3.connect("a.db") as database:
        pd.DataFrame({"a": [1, 2]}).to_sql("t", database)
        return pd.read_sql("select sum(a) as s from t", database).s.tolist() == [3]
""", False),
    "zones": ("""
    import datetime, zoneinfo
    zone = zoneinfo.ZoneInfo("Europe/Berlin")
    return datetime.datetime(2024, 7, 1, tzinfo=zone).utcoffset().total_seconds() == 7200
""", False),
    "temporary files": ("""
    import tempfile
    with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryDirectory() as folder:
        return os.path.exists(file.name) and os.path.isdir(folder)
""", False),
    "csv": ("""
    pd.DataFrame({"a": [1]}).to_csv("a.csv", index=False)
    return pd.read_csv("a.csv").a.tolist() == [1]
""", False),
    "maps of files and memory": ("""
    import mmap
    with open("file", "wb+") as file:
        file.write(bytes(8192))
        file.flush()
        mapped = mmap.mmap(file.fileno(), 8192)
        mapped[0] = 7
        mapped.flush()
    shared = mmap.mmap(-1, 1 << 20)
    shared[5] = 1
    return open("file", "rb").read(1) == bytes([7])
""", False),
    "code made at run time": ("""
    import mmap, platform
    code = {"x86_64": "b82a000000c3", "aarch64": "400580d2c0035fd6"}[platform.machine()]
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(bytes.fromhex(code))
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    return ctypes.CFUNCTYPE(ctypes.c_int)(address)() == 42
""", False),
    "timers and signals": ("""
    seen = []
    signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.1)
    return seen == [1]
""", False),
    "random numbers": ("""
    import random, secrets, uuid
    return len({random.random(), secrets.token_hex(), str(uuid.uuid4())}) == 3
""", False),
    "programs": ("""
    done = subprocess.run("echo text | tr a-z A-Z", shell=True, capture_output=True, text=True)
    return done.stdout == "TEXT\\n"
""", True),
    "the same interpreter": ("""
    done = subprocess.run([sys.executable, "-c", "import pandas; print(6 * 7)"],
                          capture_output=True, text=True)
    return done.stdout == "42\\n" or done.stderr
""", True),
    "a pool of processes": ("""
    import multiprocessing
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return pool.map(abs, [-1, -2]) == [1, 2]
""", True),
    "a queue between processes": ("""
    import multiprocessing
    fork = multiprocessing.get_context("fork")
    queue, lock, value = fork.Queue(), fork.Lock(), fork.Value("i", 1)
    child = fork.Process(target=queue.put, args=["text"])
    child.start()
    got = queue.get(timeout=10)
    child.join()
    return got == "text" and lock.acquire() and value.value == 1
""", True),
    "asyncio with programs": ("""
    import asyncio
    async def main():
        process = await asyncio.create_subprocess_exec("true")
        return await process.wait()
    return asyncio.run(main()) == 0
""", True),
}  # fmt: skip


@pytest.fixture(scope="module")
def learning(default_environment: Environment) -> Iterator[Here]:
    preload = ("sklearn.ensemble", "sklearn.cluster", "matplotlib.pyplot", "pyarrow.parquet")
    with Here.opened(default_environment, preload=preload) as here:
        yield here


@pytest.mark.parametrize("name", LEARNING)
def test_learning(name: str, learning: Here) -> None:
    outcome = learning.run(f"{PREAMBLE}{_DATA}def attack():{LEARNING[name]}")
    assert answer_of(outcome) is True
    if name == "pictures":
        kinds = sorted(image.media_type for image in outcome.device.images)
        assert kinds == ["image/jpeg", "image/png", "image/svg+xml"]


def test_everything_was_loaded_beforehand(learning: Here) -> None:
    assert not learning.sandbox.not_preloaded


@pytest.mark.parametrize("name", PLAIN)
def test_plain(name: str, place: Place) -> None:
    code, takes_processes = PLAIN[name]
    if takes_processes and not place.namespaces:
        pytest.skip("without namespaces a run is one process")
    assert attack(place, f"def attack():{code}") is True


def test_runs_at_once(full: Here) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def one(number: int) -> int:
        script = f"def attack():\n    time.sleep(0.05)\n    return {number}\n"
        answer: int = answer_of(full.run(PREAMBLE + script))
        return answer

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(24))) == list(range(24))
