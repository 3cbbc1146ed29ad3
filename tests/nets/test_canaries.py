"""No secret stands where it does not belong: not in an answer, a log line, an audit row, a mail, a key of the cache."""

from collections.abc import Iterator

import pytest
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.nets.canaries import Sent, behind, hits, listening, misplaced, send_all, shown_to
from tests.nets.issued import receive_all
from tests.nets.world import ACTORS, World

pytestmark = [pytest.mark.django_db, pytest.mark.net]


@pytest.fixture(scope="module")
def sent(world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Sent, str]]:
    """What was sent, and the log meanwhile."""
    with django_db_blocker.unblock(), override_settings(RATE_LIMITS="off", OTP_RESEND_SECONDS=0), listening() as log:
        sent = send_all(world)
        receive_all(sent)
        yield sent, log.getvalue()


def test_forty_secrets_are_kept_where_they_belong_and_nowhere_else(sent):
    secrets, log = sent
    assert len(secrets.values) >= 40
    assert len(log.splitlines()) > 10
    found = hits(secrets, behind(secrets, log))
    wrong = misplaced(secrets, found)
    assert not wrong, "\n".join(wrong)
    kept = {name for name, _ in found}
    assert {"access token", "PAN", "account number in a note", "inside a paper"} <= kept  # the search does find
    assert {"cookie of rento", "code of the exchange"} <= kept
    assert sum(value.startswith("Canary-f1eld-") for value in secrets.values.values()) > 50


@pytest.mark.parametrize("actor", ACTORS)
def test_nobody_is_shown_a_secret_of_another(actor, sent, world, settings):
    settings.RATE_LIMITS = "off"
    secrets, _ = sent
    found = hits(secrets, shown_to(world, actor))
    wrong = misplaced(secrets, found)
    assert not wrong, "\n".join(wrong)
    if actor in {"KYC", "superuser"}:
        assert ("PAN", f"desk:{actor}") in found  # the search does find
