"""Redis stopped, and Redis hanging: what people came for still answers."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from flashspace.demo.cases import PASSWORD
from tests.live import Server, free_port, manage

pytestmark = [pytest.mark.fault, pytest.mark.server, pytest.mark.embedded]

REDIS = shutil.which("redis-server")
SECONDS = 3.0  # three cache calls of 0.3 s at most before the breaker opens, then a broker that is not waited for


class Redis:
    """A server of our own, so that stopping it stops nobody else's."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process = subprocess.Popen(
            [str(REDIS), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory)],
            stdout=subprocess.DEVNULL,
        )


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    if REDIS is None:
        assert not os.environ.get("CI"), "CI must have redis-server"
        pytest.skip("NO redis-server HERE: nothing was tried without Redis")
    running = Redis(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with demo data."""
    directory = tmp_path_factory.mktemp("faults")
    for command in ("migrate", "seed_demo"):
        made = manage(command, DATA_DIR=str(directory))
        assert made.returncode == 0, made.stderr
    return directory


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["stopped", "hanging"])
def test_sign_in_reading_and_booking_answer_without_redis(data: Path, redis: Redis, fault: signal.Signals) -> None:
    with Server(data, REDIS_URL=redis.url) as server, httpx.Client(base_url=server.url) as http:
        assert http.get("/api/health").json()["services"]["cache"] == "connected"
        redis.process.send_signal(fault)

        token = _ask(http, "POST", "/api/auth/login", {"email": "asha@example.com", "password": PASSWORD})[
            "accessToken"
        ]
        http.headers["Authorization"] = f"Bearer {token}"
        found = _ask(http, "GET", "/api/virtualOffice/getByCity/mumbai")["data"]
        booked = _ask(
            http, "POST", "/api/bookings", {"property_id": found[0]["_id"], "plan": "gst", "tenure": 12}, status=201
        )
        mine = _ask(http, "GET", "/api/user/bookings")["data"]

        assert mine[0]["bookingNumber"] == booked["booking"]["booking_number"]
        assert _eventually_degraded(http)


def _ask(http: httpx.Client, method: str, path: str, body: object = None, status: int = 200) -> dict[str, list[dict]]:
    began = time.monotonic()
    answer = http.request(method, path, json=body, timeout=30)
    assert answer.status_code == status, answer.text
    assert time.monotonic() - began < SECONDS
    return answer.json()


def _eventually_degraded(http: httpx.Client) -> bool:
    """Health is remembered for five seconds."""
    for _ in range(40):
        answer = http.get("/api/health", timeout=30)
        if answer.json()["status"] == "degraded":
            return answer.status_code == 200 and answer.json()["services"]["cache"] != "connected"
        time.sleep(0.25)
    return False
