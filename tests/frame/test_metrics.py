import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from django.db import DatabaseError
from django.test import Client

import flashspace.health as health
from accounts.enums import MailStatus
from accounts.models import Mail, Sms
from billing.enums import Gateway, RefundCause
from billing.models import GatewayEvent, Payment, Refund
from bookings.enums import BookingStatus
from bookings.models import Booking
from flashspace.base import gauges as registry
from flashspace.base.clock import now, pretend, today
from flashspace.base.gauges import Gauge, gauges
from flashspace.env.names import ROOT
from tests.factories.bookings import book, make_booking, make_customer, open_case
from tests.live import Server

pytestmark = pytest.mark.django_db

TOKEN = "metrics-token-of-more-than-32-characters"
ALERTS = ROOT / "deploy" / "alerts.yml"


@pytest.fixture
def scraper(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.setattr(health.health, "_report", None)
    return Client(headers={"authorization": f"Bearer {TOKEN}"})


def read(client: Client) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_without_a_token_set_there_is_no_page(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer ünïcode"])
def test_another_token_is_refused(client: Client, settings: Any, given: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"authorization": given} if given else {})
    assert (answer.status_code, answer.content, answer.headers["WWW-Authenticate"]) == (401, b"", "Bearer")


def test_requests_are_counted_by_route_and_never_by_path(scraper: Client) -> None:
    before = read(scraper)
    for name in ("one", "two"):
        scraper.get(f"/api/virtualOffice/getById/{name}")
    scraper.get("/nowhere/at/all")
    after = read(scraper)
    grown = {name for name in after if name.startswith("flashspace_requests_total") and after[name] != before.get(name)}
    assert grown == {
        'flashspace_requests_total{method="GET",route="/api/virtualOffice/getById/<str:id>",status="400"}',
        'flashspace_requests_total{method="GET",route="none",status="404"}',
        'flashspace_requests_total{method="GET",route="/metrics",status="200"}',
    }
    one = 'flashspace_requests_total{method="GET",route="/api/virtualOffice/getById/<str:id>",status="400"}'
    assert after[one] - before.get(one, 0) == 2


def test_idle_work_waits_zero_seconds(scraper: Client) -> None:
    found = read(scraper)
    assert {found[f"flashspace_{gauge.name}"] for gauge in gauges()} == {0.0}
    assert found['flashspace_service_up{service="database"}'] == 1
    assert found['flashspace_build_info{version="1.0.0"}'] == 1


def test_each_kind_of_waiting_work_is_measured(scraper: Client, waiting: None) -> None:
    found = read(scraper)
    least = {gauge.name: 3600.0 for gauge in gauges()} | {"mails_given_up": 1.0, "sms_given_up": 1.0}
    assert {name: found[f"flashspace_{name}"] >= least[name] for name in least} == dict.fromkeys(least, True)


def test_a_figure_that_cannot_be_read_is_left_out_and_the_others_stay(
    scraper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> float:
        raise DatabaseError("gone")

    monkeypatch.setitem(registry._gauges, "mail_lag_seconds", Gauge("mail_lag_seconds", "", fail))
    found = read(scraper)
    assert "flashspace_mail_lag_seconds" not in found
    assert "flashspace_kyc_wait_seconds" in found


def test_every_gauge_stands_in_the_operators_book() -> None:
    book = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert [one.name for one in gauges() if f"`flashspace_{one.name}`" not in book] == []


def test_every_alert_asks_for_metrics_that_exist_and_stands_in_the_operators_book(scraper: Client) -> None:
    scraper.get("/api/health")
    known = {name.partition("{")[0] for name in read(scraper)}
    book = (ROOT / "docs" / "operations.md").read_text()
    rules = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    assert len(rules) >= 10
    for rule in rules:
        assert set(re.findall(r"flashspace_\w+", rule["expr"])) <= known, rule["alert"]
        assert f"**{rule['alert']}**" in book


@pytest.mark.slow
@pytest.mark.embedded
def test_a_server_adds_up_what_several_processes_left_in_its_directory(tmp_path: Path) -> None:
    """Another process's counts, as the library leaves them, and this server's own are one sum."""
    with Server(tmp_path, METRICS_TOKEN=TOKEN, METRICS_DIR=str(tmp_path / "counts")) as server:
        for _ in range(3):
            httpx.get(f"{server.url}/readyz")
        [counter] = (tmp_path / "counts").glob("counter_*.db")
        (tmp_path / "counts" / "counter_1.db").write_bytes(counter.read_bytes())
        text = httpx.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    [line] = [line for line in text.splitlines() if "requests_total{" in line and 'route="/readyz"' in line]
    assert float(line.rpartition(" ")[2]) == 2 * 3


@pytest.fixture
def waiting() -> None:
    """Three days ago everything was begun, and nobody has worked since."""
    with pretend(now() - timedelta(days=3)):
        book()
        ended = make_booking(BookingStatus.ACTIVE, plan="day", start_on=today(), end_date=today())
        open_case(make_customer())
        payment = Payment.objects.get(invoice=ended.invoice_id)
        Refund.objects.create(payment=payment, amount=payment.amount, cause=RefundCause.SURPLUS)
        GatewayEvent.objects.create(gateway=Gateway.SANDBOX, event_id="late", kind="captured")
    Booking.objects.filter(pk=ended.pk).update(documents_issued_at=None)
    given_up = Mail.objects.first()
    assert given_up
    Mail.objects.filter(pk=given_up.pk).update(status=MailStatus.DEAD, created_at=now())
    late = {"template": "verify_phone", "to": "+919876543210", "text": "x", "due_at": now() - timedelta(days=3)}
    Sms.objects.create(**late)
    Sms.objects.create(**late, status=MailStatus.DEAD)
