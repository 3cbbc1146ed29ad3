"""No secret stands where it does not belong: not in an answer, a log line, an audit row, a mail, a key of the cache."""

import pytest

from tests.nets.canaries import everywhere, hits, listening, misplaced, send_all

pytestmark = [pytest.mark.django_db, pytest.mark.net]


def test_forty_secrets_are_found_where_they_belong_and_nowhere_else(world, settings):
    settings.RATE_LIMITS = "off"
    settings.OTP_RESEND_SECONDS = 0
    with listening() as log:
        sent = send_all(world)
        found = hits(sent, everywhere(world, sent, log.getvalue()))
    assert len(sent.values) >= 40
    assert len(log.getvalue().splitlines()) > 20
    wrong = misplaced(sent, found)
    assert not wrong, "\n".join(wrong)
    kept = {name for name, _ in found}
    assert {"access token", "PAN", "account number in a note", "inside a paper"} <= kept  # the search does find
