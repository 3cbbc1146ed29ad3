"""Redis stopped, and Redis hanging: what people came for still answers."""

import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from flashspace.demo.cases import PASSWORD
from tests.faults.conftest import Redis
from tests.live import Server, manage

pytestmark = [pytest.mark.fault, pytest.mark.server, pytest.mark.embedded]

SECONDS = 3.0  # three cache calls of 0.3 s at most before the breaker opens, then a broker that is not waited for
EMAIL = "asha@example.com"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with demo data."""
    directory = tmp_path_factory.mktemp("faults")
    for command in ("migrate", "seed_demo"):
        made = manage(command, DATA_DIR=str(directory))
        assert made.returncode == 0, made.stderr
    return directory


@pytest.fixture(params=[signal.SIGKILL, signal.SIGSTOP], ids=["stopped", "hanging"])
def http(prepared: Path, tmp_path: Path, redis: Redis, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A server that had Redis until now, with data of its own."""
    data = shutil.copytree(prepared, tmp_path / "data")
    with Server(data, REDIS_URL=redis.url) as server, httpx.Client(base_url=server.url, timeout=30) as client:
        assert client.get("/api/health").json()["services"]["cache"] == "connected"
        redis.process.send_signal(request.param)
        yield client


def test_sign_in_reading_and_booking_answer_without_redis(http: httpx.Client) -> None:
    token = _ask(http, "POST", "/api/auth/login", {"email": EMAIL, "password": PASSWORD})["accessToken"]
    http.headers["Authorization"] = f"Bearer {token}"
    found = _ask(http, "GET", "/api/virtualOffice/getByCity/mumbai")["data"]
    booked = _ask(
        http, "POST", "/api/bookings", {"property_id": found[0]["_id"], "plan": "gst", "tenure": 12}, status=201
    )
    mine = _ask(http, "GET", "/api/user/bookings")["data"]

    assert mine[0]["bookingNumber"] == booked["booking"]["booking_number"]
    assert _eventually_degraded(http)


def test_wrong_passwords_and_codes_are_counted_without_redis(http: httpx.Client) -> None:
    wrong = {"email": EMAIL, "password": "wrongPassword1"}
    for status in (401, 401, 401, 401, 401, 429):
        _ask(http, "POST", "/api/auth/login", wrong, status)
    _ask(http, "POST", "/api/auth/login", {**wrong, "password": PASSWORD}, 429)

    code = {"email": EMAIL, "otp": "000000"}
    for status in (400, 400, 400, 400, 429, 429):
        answer = _ask(http, "POST", "/api/auth/verify-otp", code, status)
    assert answer["error"]["code"] == "OTP_LOCKED"


def _ask(http: httpx.Client, method: str, path: str, body: object = None, status: int = 200) -> dict[str, Any]:
    began = time.monotonic()
    answer = http.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    assert time.monotonic() - began < SECONDS
    made: dict[str, Any] = answer.json()
    return made


def _eventually_degraded(http: httpx.Client) -> bool:
    """Health is remembered for five seconds."""
    for _ in range(40):
        answer = http.get("/api/health")
        if answer.json()["status"] == "degraded":
            return answer.status_code == 200 and answer.json()["services"]["cache"] != "connected"
        time.sleep(0.25)
    return False
