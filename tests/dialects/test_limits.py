"""General limits (cache, open when it is gone) and budgets (rows, never open), with their headers."""

import logging
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from flashspace.base.cache import breaker
from flashspace.base.errors import RateLimited
from flashspace.dialects import limits
from flashspace.dialects.limits import Usage
from tests.dialects.conftest import BASES, Budgets
from tests.dialects.test_views import SHAPES, post

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def usage(remaining: int, *, limit: int = 10, seconds: int = 60, allowed: bool = True) -> Usage:
    return Usage(limit, remaining, NOON + timedelta(seconds=seconds), allowed)


@pytest.mark.parametrize(
    ("usages", "chosen"),
    [
        ([], None),
        ([usage(5)], 0),
        ([usage(5), usage(2)], 1),
        ([usage(0, allowed=False), usage(0)], 0),
        ([usage(0), usage(0, allowed=False)], 1),
        ([usage(2, seconds=10), usage(2, seconds=900)], 1),
    ],
)
def test_tighter_limit_is_the_one_told(usages: list[Usage], chosen: int | None) -> None:
    assert limits.tightest(usages) == (None if chosen is None else usages[chosen])


def test_headers_are_numbers_and_epoch_seconds() -> None:
    assert limits.headers(usage(3, limit=5)) == {
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "3",
        "X-RateLimit-Reset": "1767614460",
    }


def test_refusal_asks_to_wait_for_the_longest() -> None:
    soon, late = limits.now() + timedelta(seconds=10), limits.now() + timedelta(seconds=100)

    with pytest.raises(RateLimited) as caught:
        limits.refuse([Usage(1, 0, soon, False), Usage(1, 0, late, False), Usage(1, 1, late, True)])

    assert caught.value.retry_after in (100, 101)


def test_nothing_is_refused_while_something_is_left() -> None:
    assert limits.refuse([usage(0), usage(5)]) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize("dialect", BASES)
class TestGeneral:
    def test_the_next_call_after_the_last_is_refused(self, client: Client, settings: Any, dialect: str) -> None:
        settings.RATE_LIMITS = f"{dialect}.general=3/15m"
        path = f"{BASES[dialect]}/things"

        answers = [client.get(path) for _ in range(4)]

        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
        assert {answer.headers["X-RateLimit-Limit"] for answer in answers} == {"3"}
        assert "Retry-After" not in answers[2].headers
        assert 1 <= int(answers[3].headers["Retry-After"]) <= 901
        assert 0 < int(answers[3].headers["X-RateLimit-Reset"]) - time.time() <= 901
        assert set(answers[3].json()) >= SHAPES[dialect]

    def test_off_counts_nothing(self, client: Client, settings: Any, dialect: str) -> None:
        settings.RATE_LIMITS = "off"
        path = f"{BASES[dialect]}/things"

        answers = [client.get(path) for _ in range(120 if dialect == "workspace" else 5)]

        assert {answer.status_code for answer in answers} == {200}
        assert "X-RateLimit-Limit" not in answers[0].headers

    def test_refused_calls_have_headers_too(self, client: Client, dialect: str) -> None:
        path = BASES[dialect]

        for answer in (
            client.get(f"{path}/things/mine"),
            post(client, f"{path}/things"),
            post(client, f"{path}/things", "{"),
        ):
            assert answer.status_code >= 400
            assert "X-RateLimit-Remaining" in answer.headers


class TestWhoIsCounted:
    def call(self, client: Client, path: str = "/api/things", name: str = "", **meta: Any) -> int:
        headers = {"Authorization": f"Bearer {name}"} if name else {}
        return int(client.get(path, headers=headers, **meta).status_code)

    def test_signed_in_person_is_counted_apart_from_the_address(self, client: Client, settings: Any) -> None:
        settings.RATE_LIMITS = "flashspace.general=1/15m"

        assert [self.call(client, name=name) for name in ("alice", "bob", "", "alice")] == [200, 200, 200, 429]

    def test_person_is_one_from_everywhere(self, client: Client, settings: Any) -> None:
        settings.RATE_LIMITS = "flashspace.general=1/15m"

        assert [self.call(client, name="alice", REMOTE_ADDR=f"10.0.0.{n}") for n in (1, 2)] == [200, 429]

    def test_addresses_are_counted_apart(self, client: Client, settings: Any) -> None:
        settings.RATE_LIMITS = "flashspace.general=1/15m"

        assert [self.call(client, REMOTE_ADDR=f"10.0.0.{n}") for n in (1, 2, 1)] == [200, 200, 429]

    def test_nakksha_counts_addresses_as_documented(self, client: Client, settings: Any) -> None:
        settings.RATE_LIMITS = "nakksha.general=1/15m"
        path = "/api/v1/sessions/things"

        assert [self.call(client, path, name) for name in ("alice", "bob")] == [200, 429]

    def test_workspace_counts_each_operation(self, client: Client, settings: Any) -> None:
        settings.RATE_LIMITS = "workspace.general=1/m"
        paths = ["/api/v1/users/things", "/api/v1/users/things/whole", "/api/v1/users/things"]

        assert [self.call(client, path) for path in paths] == [200, 200, 429]

    def test_other_dialects_count_all_operations_together(self, client: Client, settings: Any) -> None:
        settings.RATE_LIMITS = "nano.general=1/m"

        assert [self.call(client, f"/api/bookings/things{tail}") for tail in ("", "/whole")] == [200, 429]

    def test_dialects_are_counted_apart(self, client: Client, settings: Any) -> None:
        settings.RATE_LIMITS = "nano.general=1/m,rento.general=1/m"

        assert [self.call(client, f"{BASES[name]}/things") for name in ("nano", "rento", "nano")] == [200, 200, 429]

    @pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-Ip", "True-Client-Ip", "X-Client-Ip"])
    def test_forged_address_gains_nothing(self, client: Client, settings: Any, header: str) -> None:
        settings.RATE_LIMITS = "flashspace.general=2/15m"

        statuses = [client.get("/api/things", headers={header: f"10.1.1.{n}"}).status_code for n in range(4)]

        assert statuses == [200, 200, 429, 429]

    def test_bad_token_is_counted_by_address(self, client: Client, settings: Any) -> None:
        settings.RATE_LIMITS = "flashspace.general=2/15m"

        assert [self.call(client, "/api/things/mine", "bad") for _ in range(3)] == [401, 401, 429]

    def test_options_and_wrong_methods_are_not_counted(self, client: Client, settings: Any) -> None:
        settings.RATE_LIMITS = "flashspace.general=1/15m"
        client.options("/api/things")
        client.put("/api/things")

        assert self.call(client) == 200


class TestSeveralLimits:
    def test_extra_limit_of_an_action_is_counted_beside_the_general_one(self, client: Client, settings: Any) -> None:
        settings.RATE_LIMITS = "flashspace.uploads=1/h"

        answers = [post(client, "/api/things/upload", {"fullName": "A"}) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [200, 429]
        assert answers[0].headers["X-RateLimit-Limit"] == "1"
        assert client.get("/api/things").headers["X-RateLimit-Limit"] == "100"

    def test_budget_is_taken_by_the_name_and_the_address(self, client: Client, budgets: Budgets) -> None:
        answers = [post(client, "/api/things/signin", REMOTE_ADDR="10.0.0.9") for _ in range(6)]

        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["4", "3", "2", "1", "0", "0"]
        assert answers[5].headers["Retry-After"] in ("89", "90", "91")
        assert budgets.counts == {("flashspace.signin", "10.0.0.9"): 6}

    def test_ipv6_household_is_one_address(self, client: Client, budgets: Budgets) -> None:
        for number in range(3):
            post(client, "/api/things/signin", REMOTE_ADDR=f"2001:db8::{number}")

        assert budgets.counts == {("flashspace.signin", "2001:db8::/64"): 3}

    def test_tighter_of_two_is_told(self, client: Client, settings: Any, budgets: Budgets) -> None:
        settings.RATE_LIMITS = "flashspace.general=2/15m"

        told = [post(client, "/api/things/signin").headers["X-RateLimit-Limit"] for _ in range(2)]

        assert told == ["2", "2"]

    def test_budget_is_not_spent_by_what_the_general_limit_refuses(
        self, client: Client, settings: Any, budgets: Budgets
    ) -> None:
        settings.RATE_LIMITS = "flashspace.general=1/15m"

        assert [post(client, "/api/things/signin").status_code for _ in range(3)] == [200, 429, 429]
        assert list(budgets.counts.values()) == [1]

    def test_off_spends_no_budget(self, client: Client, settings: Any, budgets: Budgets) -> None:
        settings.RATE_LIMITS = "off"

        assert post(client, "/api/things/signin").status_code == 200
        assert budgets.counts == {}

    def test_budget_is_never_open(self, client: Client, budgets: Budgets) -> None:
        limits.register_budget_store(None)  # type: ignore[arg-type]

        assert post(client, "/api/things/signin").status_code == 500


class TestCacheGone:
    @pytest.fixture(autouse=True)
    def _forget_the_outage(self) -> Iterator[None]:
        breaker.__init__()  # type: ignore[misc]
        limits._Cache.is_down = False
        yield
        breaker.__init__()  # type: ignore[misc]
        limits._Cache.is_down = False

    @pytest.fixture
    def redis_at(self, settings: Any) -> Iterator[Any]:
        from flashspace.settings.topics.caches import caches as cache_settings

        def use(port: int) -> None:
            settings.CACHES = cache_settings({"REDIS_URL": f"redis://127.0.0.1:{port}/0"})

        yield use
        caches.close_all()

    @pytest.fixture
    def dead_port(self) -> int:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            return int(free.getsockname()[1])

    @pytest.fixture
    def hanging_port(self) -> Iterator[int]:
        with socket.socket() as silent:  # it takes connections and never says a word
            silent.bind(("127.0.0.1", 0))
            silent.listen(64)
            yield int(silent.getsockname()[1])

    def test_dead_cache_lets_through_with_one_line(
        self, client: Client, redis_at: Any, dead_port: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        redis_at(dead_port)

        with caplog.at_level(logging.WARNING, logger="flashspace.dialects.limits"):
            answers = [client.get("/api/things") for _ in range(5)]

        assert {answer.status_code for answer in answers} == {200}
        assert "X-RateLimit-Limit" not in answers[0].headers
        assert len([line for line in caplog.records if line.name == "flashspace.dialects.limits"]) == 1

    def test_hanging_cache_lets_through_within_a_second(self, client: Client, redis_at: Any, hanging_port: int) -> None:
        redis_at(hanging_port)
        took = []

        for _ in range(5):
            begun = time.monotonic()
            assert client.get("/api/things").status_code == 200
            took.append(time.monotonic() - begun)

        assert max(took) < 1
        assert max(took[3:]) < 0.1  # after three failures nobody waits any more

    def test_budgets_go_on_counting(self, client: Client, redis_at: Any, dead_port: int, budgets: Budgets) -> None:
        redis_at(dead_port)

        answers = [post(client, "/api/things/signin") for _ in range(6)]

        assert [answer.status_code for answer in answers] == [200] * 5 + [429]

    def test_key_that_vanishes_between_two_steps_lets_through(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        unknown = {"count": 0, "limit": 0, "should_limit": True, "time_left": -1}
        monkeypatch.setattr(limits, "get_usage", lambda *args, **kwargs: unknown)

        assert client.get("/api/things").status_code == 200
