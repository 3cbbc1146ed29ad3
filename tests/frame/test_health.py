import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

import flashspace.health as subject
from accounts.enums import MailStatus
from accounts.models import Mail
from flashspace.base import health as registry
from flashspace.base.health import CONNECTED, DEGRADED, DISCONNECTED, NOT_CONFIGURED, OPERATIONAL, Check

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject.health, "_report", None)


@pytest.fixture
def replace(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put another probe in the place of a service's own."""

    def put(service: str, probe: registry.Probe) -> None:
        was = registry._checks[service]
        monkeypatch.setitem(registry._checks, service, Check(service, probe, was.otherwise, was.vital))

    return put


def fail() -> str:
    raise DatabaseError("connection to db.internal refused")


def test_all_well_answers_as_the_document_shows(client: Client) -> None:
    answer = client.get("/api/health")
    body = answer.json()
    assert answer.status_code == 200
    assert list(body) == ["success", "status", "timestamp", "services", "version", "uptime"]
    assert (body["success"], body["status"], body["version"]) == (True, "healthy", "1.0.0")
    assert body["services"] == {"database": CONNECTED, "cache": CONNECTED, "email": OPERATIONAL, "payment": OPERATIONAL}
    assert body["timestamp"].endswith("Z")
    hours, minutes, seconds = body["uptime"].split(" ")
    assert (hours[-1], minutes[-1], seconds[-1]) == ("h", "m", "s")


def test_nakkshas_health_is_the_same_report(client: Client) -> None:
    body = client.get("/health").json()
    assert list(body) == ["status", "timestamp", "services"]
    assert body["status"] == "healthy"


@pytest.mark.parametrize("path", ["/api/health", "/health"])
def test_without_database_it_is_unhealthy_and_names_no_host(client: Client, replace: Any, path: str) -> None:
    replace("database", fail)
    answer = client.get(path)
    assert answer.status_code == 503
    assert answer.json()["status"] == "unhealthy"
    assert answer.json()["services"]["database"] == DISCONNECTED
    assert b"db.internal" not in answer.content


def test_without_another_service_it_is_degraded_and_serves(client: Client, replace: Any) -> None:
    replace("cache", fail)
    answer = client.get("/api/health")
    assert answer.status_code == 200
    assert (answer.json()["success"], answer.json()["status"]) == (True, "degraded")
    assert answer.json()["services"]["cache"] == DISCONNECTED


def test_a_probe_that_hangs_does_not_hang_the_answer(monkeypatch: pytest.MonkeyPatch, replace: Any) -> None:
    monkeypatch.setattr(subject, "PATIENCE_SECONDS", 0.1)
    release = threading.Event()

    def hang() -> str:
        release.wait(10)
        return OPERATIONAL

    replace("payment", hang)
    try:
        report = subject.Health().report()
    finally:
        release.set()
    assert (report.status, report.services["payment"]) == ("degraded", DEGRADED)


def test_report_is_remembered_for_five_seconds(replace: Any) -> None:
    ticks = iter([0.0, 4.9, 5.0, 5.0])
    asked: list[int] = []

    def count() -> str:
        asked.append(1)
        return OPERATIONAL

    replace("payment", count)
    health = subject.Health(clock=lambda: next(ticks))
    for _ in range(3):
        health.report()
    assert len(asked) == 2


def test_payment_without_a_gateway_that_works_is_not_configured(client: Client, settings: Any) -> None:
    settings.PAYMENT_SANDBOX = False
    settings.RAZORPAY_KEY_ID = "rzp_test_1"  # keys of a gateway that is not connected let nobody pay
    body = client.get("/api/health").json()
    assert (body["status"], body["services"]["payment"]) == ("degraded", NOT_CONFIGURED)


def test_email_is_degraded_when_mail_waits_and_none_leaves(client: Client) -> None:
    now = timezone.now()
    old = now - timezone.timedelta(minutes=6)
    mail = Mail.objects.create(to="a@b.example", template="otp", subject="x", text="x", due_at=old)
    Mail.objects.update(created_at=old)
    assert client.get("/api/health").json()["services"]["email"] == DEGRADED
    Mail.objects.create(
        to="c@b.example", template="otp", subject="x", text="x", due_at=now, status=MailStatus.SENT, sent_at=now
    )
    subject.health._report = None
    assert client.get("/api/health").json()["services"]["email"] == OPERATIONAL
    assert mail.status == MailStatus.QUEUED


def test_liveness_asks_no_database(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"status": "ok"}


def test_readiness_needs_database_and_migrations(client: Client, replace: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_migrated", False)
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (
        200,
        {"status": "ready", "database": CONNECTED, "migrations": "applied", "cache": CONNECTED},
    )
    replace("database", fail)
    subject.health._report = None
    away = client.get("/readyz")
    assert (away.status_code, away["Retry-After"]) == (503, "5")


def test_a_missing_table_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_migrated", False)
    recorder = MigrationRecorder(connection)
    newest = max(name for app, name in recorder.applied_migrations() if app == "accounts")
    recorder.record_unapplied("accounts", newest)
    try:
        answer = client.get("/readyz")
    finally:
        recorder.record_applied("accounts", newest)
    assert (answer.status_code, answer.json()["migrations"]) == (503, "pending")


def test_readiness_survives_a_missing_cache(client: Client, replace: Any) -> None:
    replace("cache", fail)
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(("path", "status"), [("/api/health", 405), ("/health", 405), ("/healthz", 405)])
def test_health_is_only_read(client: Client, path: str, status: int) -> None:
    assert client.post(path).status_code == status


def test_health_is_never_limited(client: Client) -> None:
    assert {client.get("/api/health").status_code for _ in range(105)} == {200}


def test_a_service_stands_once() -> None:
    with pytest.raises(ValueError, match="health check cache stands twice"):
        registry.check("cache")(lambda: CONNECTED)
