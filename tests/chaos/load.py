"""Callers who want something: each journey signs in, looks, books, pays and looks again, until it has what it wants."""

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.chaos.inside import PASSWORD
from tests.chaos.ledger import BOOK, CALM, RESEND, START, VERIFY, Call
from tests.chaos.machines import HOST

ANSWER_SECONDS = 40
LONGEST_PAUSE = 30
GIVE_UP_SECONDS = 150  # a key whose holder was killed is free again after 60


@dataclass
class Journey:
    """What one caller wants, and how far they came. Its keys stay the same however often it is tried."""

    person: dict[str, str]
    space: str
    signs_in: bool = False
    looks: bool = True
    pays: bool = True
    booked: dict[str, Any] = field(default_factory=dict)
    payment: dict[str, Any] = field(default_factory=dict)
    is_paid: bool = False
    refused: Call | None = None
    keys: dict[str, str] = field(
        default_factory=lambda: {step: f"{step}-{uuid.uuid4()}" for step in (BOOK, START, VERIFY)}
    )

    @property
    def is_done(self) -> bool:
        return self.is_paid if self.pays else bool(self.booked)


class Load:
    """Threads of callers against one address. Every answer stands in `calls`."""

    def __init__(self, url: Callable[[], str], host: str = HOST) -> None:
        self._url = url
        self._host = host
        self._local = threading.local()
        self._lock = threading.Lock()
        self.calls: list[Call] = []
        self.phase = CALM

    def walk(self, journey: Journey) -> bool:
        """One try. True when everything the caller wants is acknowledged."""
        person = journey.person
        token = person["token"]
        if journey.signs_in:
            answer = self.ask("sign in", person, "POST", "/api/auth/login", json=_credentials(person))
            token = answer.body.get("accessToken", "") if answer.is_acknowledged else ""
            if not token:
                journey.refused = answer
                return False
        if journey.looks:
            self.ask("list", person, "GET", "/api/virtualOffice/getByCity/mumbai?page=1&limit=5")
            self.ask("read", person, "GET", f"/api/virtualOffice/getById/{journey.space}")
        done = self._book(journey, token)
        if journey.pays:
            done = done and self._start(journey, token) and self._verify(journey, token)
        if journey.looks:
            self.ask("mine", person, "GET", "/api/user/bookings?page=1&limit=5", token=token)
        return done

    def finish(self, journeys: Iterable[Journey], *, threads: int = 4) -> float:
        """Every journey again, with the same keys, until it is through. Seconds."""
        began = time.monotonic()

        def insist(journey: Journey) -> None:
            while not self.walk(journey):
                waited = time.monotonic() - began
                assert waited < GIVE_UP_SECONDS, f"never through in {waited:.0f} s, at last {journey.refused}"
                time.sleep(_pause(journey))

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(insist, [one for one in journeys if not one.is_done]))
        return time.monotonic() - began

    @contextmanager
    def under_way(self, journeys: list[Journey], *, threads: int = 8) -> Iterator["Load"]:
        """The journeys, each tried once, while the block does its worst; it ends when all are through."""
        with ThreadPoolExecutor(threads) as pool:
            results = [pool.submit(self.walk, journey) for journey in journeys]
            yield self
            for result in results:
                result.result()

    def wait_for(self, count: int) -> None:
        """Until this many calls were answered since now: the load is really there."""
        target = len(self.calls) + count
        until = time.monotonic() + 60
        while len(self.calls) < target and time.monotonic() < until:
            time.sleep(0.01)

    def resend(self, person: dict[str, str]) -> Call:
        return self.ask(RESEND, person, "POST", "/api/auth/resend-otp", json={"email": person["email"]})

    def ask(
        self,
        step: str,
        person: dict[str, str],
        method: str,
        path: str,
        *,
        token: str = "",
        key: str = "",
        cookie: str = "",
        json: Any = None,
    ) -> Call:
        phase, began = self.phase, time.monotonic()
        headers = {"Host": self._host, "X-Forwarded-Proto": "https", "X-Forwarded-For": _address(person)}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"Cookie": cookie} if cookie else {}
        about = {"step": step, "person": person["email"], "key": key, "phase": phase}
        try:
            answer = self._http().request(method, self._url() + path, headers=headers, json=json)
        except httpx.TransportError as error:
            call = Call(**about, status=None, took=time.monotonic() - began, error=f"{type(error).__name__}: {error}")
        else:
            took, waits = time.monotonic() - began, answer.headers.get("Retry-After", "")
            call = Call(**about, status=answer.status_code, took=took, body=_body(answer), retry_after=waits)
        with self._lock:
            self.calls.append(call)
        return call

    def upload(self, person: dict[str, str], kind: str, paper: bytes) -> None:
        headers = {"Host": self._host, "X-Forwarded-Proto": "https", "Authorization": f"Bearer {person['token']}"}
        answer = self._http().post(
            f"{self._url()}/api/user/kyc/upload",
            headers=headers,
            data={"documentType": kind, "name": "A paper"},
            files={"file": (f"{kind}.pdf", paper, "application/pdf")},
        )
        assert answer.status_code == 201, answer.text

    def slowest(self, phase: str) -> float:
        return max((call.took for call in self.calls if call.phase == phase), default=0.0)

    def p95(self, phase: str) -> float:
        times = sorted(call.took for call in self.calls if call.phase == phase)
        return times[int(len(times) * 0.95)] if times else 0.0

    def told(self, phase: str) -> str:
        """How a phase went, for the report."""
        counts: dict[str, int] = {}
        for call in self.calls:
            if call.phase == phase:
                word = str(call.status or call.error.partition(":")[0])
                counts[word] = counts.get(word, 0) + 1
        answers = ", ".join(f"{count} × {word}" for word, count in sorted(counts.items()))
        return f"{phase}: {answers}; p95 {self.p95(phase):.2f} s, slowest {self.slowest(phase):.2f} s"

    def _book(self, journey: Journey, token: str) -> bool:
        if not journey.booked:
            wish = {"property_id": journey.space, "plan": "gst", "tenure": 12}
            journey.booked = self._want(journey, token, BOOK, "/api/bookings", wish)
        return bool(journey.booked)

    def _start(self, journey: Journey, token: str) -> bool:
        if not journey.payment:
            wish = {"gateway": "sandbox", "payment_type": "invoice", "invoice_id": journey.booked["invoice"]["id"]}
            started = self._want(journey, token, START, "/api/v1/payments", wish)
            journey.payment = started["data"]["payment"] if started else {}
        return bool(journey.payment)

    def _verify(self, journey: Journey, token: str) -> bool:
        if not journey.is_paid:
            proof = {"payment_id": journey.payment["id"], "transaction_id": journey.payment["transaction_id"]}
            journey.is_paid = bool(self._want(journey, token, VERIFY, "/api/v1/payments/verify", proof))
        return journey.is_paid

    def _want(self, journey: Journey, token: str, step: str, path: str, wish: Any) -> dict[str, Any]:
        """The body of the answer, empty where it was refused."""
        answer = self.ask(step, journey.person, "POST", path, token=token, key=journey.keys[step], json=wish)
        journey.refused = None if answer.is_acknowledged else answer
        return answer.body if answer.is_acknowledged else {}

    def _http(self) -> httpx.Client:
        """One for each thread; a connection for each request, so that none breaks because a server went between two."""
        if not hasattr(self._local, "http"):
            limits = httpx.Limits(max_keepalive_connections=0)
            self._local.http = httpx.Client(timeout=ANSWER_SECONDS, limits=limits, trust_env=False)
        client: httpx.Client = self._local.http
        return client


def _credentials(person: dict[str, str]) -> dict[str, str]:
    return {"email": person["email"], "password": PASSWORD}


def _address(person: dict[str, str]) -> str:
    """Everybody comes from a place of their own, as limits per address expect."""
    number = uuid.UUID(person["id"]).int
    return f"100.{64 + number % 60}.{number // 60 % 250}.{number // 15000 % 250}"


def _pause(journey: Journey) -> float:
    """As long as they were told to wait, as a well-behaved client does: who asks on meets the limits of rates."""
    told = journey.refused.retry_after if journey.refused else ""
    return min(max(0.5, float(told or 0)), LONGEST_PAUSE)


def _body(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {"text": answer.text[:300]}
    return body if isinstance(body, dict) else {"items": body}
