"""The comparison that a visitor's browser makes, in a real one."""

from pathlib import Path
from typing import Any

import pytest

from bookings.models import BookingDocument
from bookings.services.documents import issue_documents, read_document
from tests.factories.bookings import make_booking, make_seller

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser: Any) -> Any:
    return browser.new_page()


def test_a_visitor_learns_whether_the_file_is_ours(live_server: Any, page: Any, tmp_path: Path) -> None:
    make_seller()
    issue_documents(booking_id=make_booking("active").pk)
    noc = BookingDocument.objects.get(kind="noc")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.goto(f"{live_server.url}/verify/document/{noc.verification_code}")
    ours, other = tmp_path / "ours.pdf", tmp_path / "other.pdf"
    ours.write_bytes(read_document(noc))
    other.write_bytes(read_document(noc) + b"%")
    for file, verdict, words in (
        (ours, "same", "ours.pdf is the paper that we issued, unchanged."),
        (other, "other", "other.pdf is not the paper that we issued, or it was changed."),
    ):
        page.set_input_files("#copy", file)
        page.wait_for_selector(f"#verdict.{verdict}")
        assert page.inner_text("#verdict") == words
    assert complaints == []
