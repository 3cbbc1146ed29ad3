"""Redis stopped, and Redis hanging: what people came for still answers."""

import signal
import time
from pathlib import Path

import httpx
import pytest

from flashspace.demo.cases import PASSWORD
from tests.faults.conftest import Redis
from tests.live import Server, manage

pytestmark = [pytest.mark.fault, pytest.mark.server, pytest.mark.embedded]

SECONDS = 3.0  # three cache calls of 0.3 s at most before the breaker opens, then a broker that is not waited for


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
