from .places import PREAMBLE, Place, answer_of, assert_works

#: Text of a library, loaded before any run and shared by all of them.
_CHANGED = """
def attack():
    text = pd.DataFrame.__doc__
    before = text[:7]
    ctypes.memset(id(text) + text.__sizeof__() - len(text) - 1, ord("x"), 7)
    return [before, text[:7]]
"""


def test_an_ordinary_script_runs(place: Place) -> None:
    assert_works(place)


def test_what_forks_start_with_is_mapped_from_a_file(place: Place) -> None:
    script = """
def attack():
    address = id(pd.DataFrame.__doc__)
    for line in open("/proc/self/maps"):
        start, end = (int(part, 16) for part in line.split()[0].split("-"))
        if start <= address < end:
            return line.split()[1:6:4]
"""
    expected = ["rw-p", "/memfd:zygote"] if place.prepared else ["rw-p"]
    assert answer_of(place.run(PREAMBLE + script))[: len(expected)] == expected


def test_no_run_changes_the_memory_that_the_next_one_starts_with(place: Place) -> None:
    for _ in range(3):
        before, after = answer_of(place.run(PREAMBLE + _CHANGED))
        assert before != "xxxxxxx"
        assert after == "xxxxxxx"


def test_processor_time_is_what_the_script_takes(place: Place) -> None:
    busy = """
def attack():
    end = time.process_time() + 0.5
    while time.process_time() < end:
        pass
    time.sleep(0.3)
"""
    of_child = """
def attack():
    child = os.fork()
    if child == 0:
        end = time.process_time() + 0.5
        while time.process_time() < end:
            pass
        os._exit(0)
    os.waitpid(child, 0)
"""
    # Where a run has no pid namespace of its own, it can't fork.
    for script in (busy, of_child) if place.namespaces else (busy,):
        outcome = place.run(f"{PREAMBLE}\nimport time\n{script}")
        assert outcome.failure is None, outcome.failure
        took = outcome.cpu_seconds
        assert took is not None
        assert 0.45 < took < 0.78


def test_peak_memory_is_what_the_script_takes(place: Place) -> None:
    small = place.run(PREAMBLE + "def attack():\n    return 1\n")
    large = place.run(PREAMBLE + "def attack():\n    return len(bytearray(300 << 20))\n")
    assert small.peak_memory is not None
    assert large.peak_memory is not None
    assert small.peak_memory < 40 << 20
    assert 285 << 20 < large.peak_memory < 345 << 20
