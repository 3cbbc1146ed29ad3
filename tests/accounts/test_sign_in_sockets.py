"""From outside, against the processes that a server runs: 300 sockets at once, each with another forged address."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from django.db import connection

from accounts.models import Budget
from tests.accounts.api import forged_addresses
from tests.bench.load import build
from tests.chaos.machines import Web, until
from tests.factories.accounts import UserFactory
from tests.workers import environment

pytestmark = [
    pytest.mark.race,
    pytest.mark.server,
    pytest.mark.timeout(600),  # 20 rounds beside other tests
    pytest.mark.django_db(transaction=True),
]

EMAIL = "user@example.com"
SOCKETS = 300


@contextmanager
def serving(log: Path, **settings: str) -> Iterator[Web]:
    web = Web(environment(RATE_LIMITS="flashspace.general=100000/15m", **settings), log)
    try:
        until(lambda: httpx.get(f"{web.url}/healthz", timeout=5).raise_for_status(), what="the server")
        yield web
    finally:
        web.kill()


def guess(number: int) -> bytes:
    body = json.dumps({"email": EMAIL, "password": "wrongPassword1"}).encode()
    forged = "".join(f"{name}: {value}\r\n" for name, value in forged_addresses(number).items())
    return build("POST", "/api/auth/login", host="127.0.0.1", body=body, headers=forged)


async def statuses_of(port: int, requests: list[bytes]) -> list[int]:
    """Nobody asks before everybody is connected."""
    sockets = [await asyncio.open_connection("127.0.0.1", port) for _ in requests]
    for (_, writer), request in zip(sockets, requests, strict=True):
        writer.write(request)
    answers = await asyncio.gather(*(reader.readuntil(b"\r\n") for reader, _ in sockets))
    for _, writer in sockets:
        writer.close()
    return [int(answer.split()[1]) for answer in answers]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="a server of several processes needs PostgreSQL")
@pytest.mark.parametrize(
    ("trusted", "counted"),
    [pytest.param("", 5, id="nobody is trusted"), pytest.param("127.0.0.1", 10, id="control: a proxy is trusted")],
)
def test_of_300_sockets_at_once_five_are_counted_whoever_they_say_they_are(
    trusted: str, counted: int, race_rounds: int, tmp_path: Path
) -> None:
    """Where the proxy is trusted they are 300 addresses, and the account's own limit of ten is what stops them."""
    UserFactory(email=EMAIL)
    with serving(tmp_path / "web.log", TRUSTED_PROXIES=trusted) as web:
        for _ in range(race_rounds):
            Budget.objects.all().delete()
            answers = asyncio.run(statuses_of(web.port, [guess(number) for number in range(SOCKETS)]))
            assert Counter(answers) == {401: counted, 429: SOCKETS - counted}
