"""The one process of `make run`, as a real one."""

import signal
from pathlib import Path

import httpx
import pytest

from tests.live import Server, manage

pytestmark = [pytest.mark.server, pytest.mark.embedded]

SIGNALS = [signal.SIGINT, signal.SIGTERM]
A_FEW_SECONDS = 10


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database."""
    directory = tmp_path_factory.mktemp("serve")
    migrated = manage("migrate", "--verbosity", "0", DATA_DIR=str(directory))
    assert migrated.returncode == 0, migrated.stderr
    return directory


def test_it_serves_pages_api_and_static_files_and_says_where(data: Path) -> None:
    with Server(data) as server:
        health = httpx.get(f"{server.url}/api/health").json()
        assert (health["status"], health["services"]["database"]) == ("healthy", "connected")
        assert httpx.get(f"{server.url}/static/flashspace/page.css").headers["content-type"].startswith("text/css")
        assert httpx.get(f"{server.url}/admin/login/").status_code == 200
        assert f"FlashSpace is at http://localhost:{server.port}/" in server.output
        assert f"http://localhost:{server.port}/admin/" in server.output


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_while_it_runs_ends_it_cleanly(data: Path, number: signal.Signals) -> None:
    with Server(data) as server:
        status, seconds = server.stop(number)
    assert (status, "Traceback" in server.output) == (0, False)
    assert seconds < A_FEW_SECONDS


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_while_it_starts_ends_it_cleanly(data: Path, number: signal.Signals) -> None:
    server = Server(data)
    server.wait_until_bound()  # the port is taken first, long before the application is loaded
    status, seconds = server.stop(number)
    assert (status, "Traceback" in server.output) == (0, False)
    assert seconds < A_FEW_SECONDS


def test_a_second_signal_ends_it_at_once(data: Path) -> None:
    with Server(data) as server:
        server.process.send_signal(signal.SIGTERM)
        status, seconds = server.stop(signal.SIGTERM)
    assert status == 0
    assert seconds < A_FEW_SECONDS


def test_a_busy_port_is_one_clear_line(data: Path) -> None:
    with Server(data) as server:
        second = manage("serve", PORT=str(server.port), DATA_DIR=str(data))
        assert second.returncode == 1
        assert second.stderr == f"port {server.port} is in use; choose another with PORT=…\n"
        assert httpx.get(f"{server.url}/healthz").status_code == 200


def test_headers_with_an_underscore_never_reach_the_application(data: Path) -> None:
    forged = {"X_Forwarded_For": "203.0.113.9", "X_Request_Id": "forged-by-underscore"}
    with Server(data, TRUSTED_PROXIES="127.0.0.1") as server:
        answer = httpx.get(f"{server.url}/healthz", headers=forged)
    assert answer.headers["x-request-id"] != "forged-by-underscore"


def test_database_and_keys_are_made_where_they_belong(data: Path) -> None:
    assert {"db.sqlite3", "keys.json"} <= {file.name for file in data.iterdir()}
    assert (data / "keys.json").stat().st_mode & 0o777 == 0o600


def test_a_bad_host_is_one_clear_line(data: Path) -> None:
    refused = manage("serve", HOST="192.0.2.1", DATA_DIR=str(data))
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
