"""The main job against a server started as `make run` starts it, with its demo data."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flashspace.demo.journey import Journey
from tests.live import Server, manage

pytestmark = [pytest.mark.server, pytest.mark.embedded]

LIMITS = "off"  # several sign-ins from one address within a minute


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Served with demo data, as on a newcomer's first `make run`."""
    data = tmp_path_factory.mktemp("journey")
    with Server(data, prepare=True, RATE_LIMITS=LIMITS) as running:
        yield running


def test_demo_journey_walks_the_main_job_and_nothing_is_broken_after_it(server: Server) -> None:
    environment = {"DATA_DIR": str(server.data), "RATE_LIMITS": LIMITS}

    walked = manage("demo_journey", "--url", server.url, **environment)

    assert (walked.returncode, walked.stderr) == (0, "")
    steps = walked.stdout
    for step in (
        r"^Signed up as journey-\d+@example\.com$",
        r"^The code came by mail \(\d{6}\) and verified the address$",
        r"^Found it by city: Premium Virtual Office - Andheri, ₹4,999/month, GST plan ₹2,999/month$",
        r"^Booked FS-\d{4}-\d{5}: ₹35,988 for 12 months, pending$",
        r"^The invoice came by mail: .* with INV-\d{4}-\d{4}\.pdf$",
        r"^INV-\d{4}-\d{4}: taxable ₹30,498 \+ GST ₹5,490 = ₹35,988$",
        r"^Staff approved the KYC case in the admin; the booking went from pending_kyc to active$",
        r"payment_received.*\n.*kyc_approved +Verified by Admin\n.*active +Service activated$",
        r"^  Client Agreement: \d+ kB of PDF$",
        r"^  NOC Certificate: \d+ kB of PDF$",
        r"^Dashboard: 1 active service, KYC verified$",
        r"^Done: FS-\d{4}-\d{5} is active$",
    ):
        assert re.search(step, steps, re.MULTILINE), f"{step} is not in:\n{steps}"
    checked = manage("check_integrity", **environment)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.browser
def test_staff_approve_a_kyc_case_in_a_browser(server: Server, browser: Any) -> None:
    complaints: list[str] = []
    staff = json.loads((Path(server.data) / "staff.json").read_text())
    journey = Journey(
        base_url=server.url,
        staff_email=staff["email"],
        staff_password=staff["password"],
        mailbox=Path(server.data) / "mail",
        tell=lambda _: None,
        approve=lambda journey, address: approve_in_browser(browser.new_page(), journey, address, complaints),
    )

    booking = journey.walk()

    assert booking["status"] == "active"
    assert complaints == []


def approve_in_browser(page: Any, journey: Journey, address: str, complaints: list[str]) -> None:
    """Sign in, find the case, look at it, approve it with a reason; what the console says is a complaint."""
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{journey.base_url}/admin/")
    page.fill("input[name=username]", journey.staff_email)
    page.fill("input[name=password]", journey.staff_password)
    page.click("button[type=submit]")
    page.goto(f"{journey.base_url}/admin/accounts/kycprofile/?q={address}")
    page.click("#result_list a[href*='/change/']")
    page.click("a[href*='/kycprofile/'][href*='/approve']:visible")  # a paper has such a button, too
    page.fill("textarea[name=reason]", "Papers match")
    page.click("form [type=submit]:visible")
    page.get_by_text("is approved").wait_for()  # the dialog posts in the background: an idle network says nothing
