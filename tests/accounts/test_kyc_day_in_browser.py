"""A reviewer's day in a real browser, by keys: papers, the case, the next one; and payloads that stay text."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.enums import DocumentStatus, DocumentType, KycStatus
from accounts.models import KycDocument, KycProfile
from accounts.services.kyc import submit_document
from flashspace.base.clock import now
from tests.accounts.papers import paper, picture
from tests.accounts.payloads import PAYLOADS
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.kyc import make_case, make_reviewer

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def said() -> list[str]:
    """What the console complains of, and every dialog that a page opens."""
    return []


@pytest.fixture
def page(browser: Any, said: list[str]) -> Any:
    page = browser.new_page()
    page.add_init_script("window.blurs = 0; window.addEventListener('blur', () => { window.blurs += 1; })")
    page.on("console", lambda one: said.append(one.text) if one.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    return page


def sign_in(page: Any, live_server: Any, *permissions: str) -> None:
    reviewer = make_reviewer("view_auditentry", "view_user", "view_identity_numbers", *permissions)
    page.goto(f"{live_server.url}/admin/")
    page.fill("input[name=username]", reviewer.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/")


def let_viewer_load(page: Any) -> None:
    """The browser's PDF viewer takes the focus once it is there; the page takes it back, or keys and words are lost."""
    from playwright.sync_api import Error

    with suppress(Error):
        page.wait_for_function("window.blurs > 0", timeout=8000)
    page.wait_for_function("document.activeElement.tagName !== 'IFRAME'")


def test_reviewer_works_by_keys_and_lands_on_the_next_case(live_server: Any, page: Any, said: list[str]) -> None:
    first, second = make_case(user=UserFactory(full_name="Asha First")), make_case()
    photo = paper("proof.png", picture())
    submit_document(user=first.user, actor=first.user, type=DocumentType.ADDRESS_PROOF, upload=photo)
    KycProfile.objects.filter(pk=first.pk).update(submitted_at=now() - timedelta(days=3))
    sign_in(page, live_server)
    page.goto(f"{live_server.url}{reverse('admin:accounts_kycprofile_changelist')}")
    page.click("#result_list a[href*='/change/'] >> nth=0")
    page.wait_for_url("**/change/**")

    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.locator("[data-paper].is-open iframe").wait_for()
    let_viewer_load(page)
    page.keyboard.press("a")
    page.locator("#dialog textarea[name=reason]:focus").wait_for()
    page.keyboard.type("Just like it")  # letters in a field are letters
    page.keyboard.press("Enter")
    page.get_by_text("PAN Card: approved").wait_for()
    page.locator("[data-paper].is-open", has_text="GST Certificate").wait_for()  # the next paper is open
    let_viewer_load(page)
    page.keyboard.press("j")
    window = page.locator("[data-paper].is-open .paper-window img")
    window.wait_for()
    page.keyboard.press("+")
    page.keyboard.press("t")
    assert "rotate(90deg)" in window.get_attribute("style")
    page.keyboard.press("s")
    page.locator("#dialog select[name=picked]:focus").wait_for()
    page.keyboard.press("Escape")
    page.locator("#dialog").wait_for(state="hidden")
    page.keyboard.press("s")
    page.locator("#dialog select[name=picked]:focus").wait_for()
    page.select_option("#dialog select[name=picked]", index=1)
    assert page.input_value("#dialog textarea[name=reason]").startswith("It cannot be read.")
    page.keyboard.press("Enter")
    page.get_by_text("Address Proof: asked again").wait_for()

    page.keyboard.press("Shift+A")
    page.get_by_text("Approve this case?").wait_for()
    page.locator("#dialog textarea[name=reason]:focus").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("KYC of Asha First is approved").wait_for()
    assert str(second.pk) in page.url
    page.get_by_role("link", name="Back to it").wait_for()

    assert said == []
    first.refresh_from_db()
    assert first.status == KycStatus.APPROVED
    statuses = dict(KycDocument.objects.filter(profile=first).values_list("type", "status"))
    assert statuses == {
        DocumentType.PAN_CARD: DocumentStatus.APPROVED,
        DocumentType.GST_CERTIFICATE: DocumentStatus.APPROVED,
        DocumentType.ADDRESS_PROOF: DocumentStatus.RESUBMIT,
    }


def test_payloads_of_strangers_are_text(live_server: Any, page: Any, said: list[str]) -> None:
    everything = " ".join(PAYLOADS)
    case = make_case(user=UserFactory(full_name=PAYLOADS[9]))
    KycProfile.objects.update(
        company_name=PAYLOADS[0], registered_address=everything[:500], reason=everything, warnings=PAYLOADS
    )
    KycDocument.objects.update(name=PAYLOADS[9], reason=everything)
    sign_in(page, live_server)
    address = reverse("admin:accounts_kycprofile_change", args=[case.pk])
    for path in (address, f"{address}?paper={case.documents.first().pk}"):
        page.goto(f"{live_server.url}{path}")
        page.get_by_text(PAYLOADS[0], exact=True).first.wait_for()
        page.wait_for_load_state("networkidle")
    page.goto(f"{live_server.url}{reverse('admin:accounts_kycprofile_changelist')}")
    page.get_by_text(PAYLOADS[0], exact=True).first.wait_for()
    assert said == []
