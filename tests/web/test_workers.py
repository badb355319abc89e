"""Several workers behind one address: accounts are shown once, a dead worker is replaced, and none outlives the one that started them."""

import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def until(what, seconds=40):
    """Waits until something holds, and returns it."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


@pytest.fixture
def served(database):
    """`gradus serve --workers 2`: the process, what it printed, and its port."""
    options = ["serve", "--port", "0", "--workers", "2", "--database", database]
    process = subprocess.Popen(
        [sys.executable, "-c", "from web.cli import main; main()", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    printed = []
    while "http://" not in "".join(printed):
        printed.append(process.stdout.readline())
        assert printed[-1], process.stderr.read()
    yield process, printed, int(printed[-1].rsplit(":", 1)[1])
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def workers_of(process):
    """The worker processes that are alive."""
    listed = subprocess.run(["ps", "-ww", "-o", "pid=,args=", "--ppid", str(process.pid)], capture_output=True, text=True).stdout
    return {int(line.split()[0]) for line in listed.splitlines() if "spawn_main" in line}


def answers(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def alive(pid):
    """Whether a process runs, and is no zombie that somebody has yet to bury."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
def test_workers_share_an_address_are_replaced_and_end_with_sigterm(served):
    process, printed, port = served
    assert [line.split()[0] for line in printed] == ["teacher", "student", "Gradus"], "each account once"
    workers = until(lambda: len(found := workers_of(process)) == 2 and found)
    assert answers(port)
    os.kill(min(workers), signal.SIGKILL)
    replaced = until(lambda: len(found := workers_of(process)) == 2 and min(workers) not in found and found)
    assert answers(port)
    process.send_signal(signal.SIGTERM)
    assert process.wait(40) in (0, -signal.SIGTERM)
    assert not any(alive(pid) for pid in replaced)
    assert process.stderr.read() == ""


@pytest.mark.slow
def test_workers_end_with_the_one_that_started_them_even_where_that_was_killed(served):
    process, _, port = served
    workers = until(lambda: len(found := workers_of(process)) == 2 and found)
    assert answers(port)
    process.kill()
    process.wait(10)
    until(lambda: not any(alive(pid) for pid in workers))
