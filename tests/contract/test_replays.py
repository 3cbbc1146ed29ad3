"""Every documented example about people, their sign-ins and their organizations, replayed in its dialect."""

import pytest

from tests.contract import replays_of_accounts, replays_of_organizations
from tests.contract.replays import Ask, examples, replay
from tests.contract.shapes import documented

IDENTITY = {
    "flashspace": ("/api/auth/",),
    "rento": ("/api/user/",),
    "nano": ("/api/auth/", "/api/otp/"),
    "nakksha": ("/api/v1/auth/",),
    "workspace": tuple(
        f"/api/v1/{name}" for name in ("auth", "mfa", "users", "organizations", "invitations", "roles", "audit-logs")
    ),
}
# Of organizations, but not of identity: what they buy and what they file.
BESIDE = tuple(f"/api/v1/organizations/me/{name}" for name in ("package", "features", "documents"))

REPLAYS = replays_of_accounts.REPLAYS | replays_of_organizations.REPLAYS


@pytest.fixture(autouse=True)
def _one_moment(time_machine):
    """A phone's code must not change between its being read and its being shown."""
    time_machine.move_to("2026-11-21T10:00:05Z", tick=False)


def test_every_example_has_a_replay():
    assert set(REPLAYS) == set(examples(IDENTITY, but=BESIDE))
    assert not replays_of_accounts.REPLAYS.keys() & replays_of_organizations.REPLAYS.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("name", REPLAYS)
def test_documented_example(name, request, settings):
    settings.RATE_LIMITS = ""
    replay(name, REPLAYS[name], request)


def test_words_of_the_document_cannot_be_replaced(request):
    with pytest.raises(AssertionError, match="own words"):
        replay("flashspace POST /api/auth/login 200", lambda given: Ask(body={"email": "a@example.com"}), request)


def test_a_dialect_has_each_operation_once():
    """So that a name means one example."""
    named = [(one["dialect"], one["method"], one["path"]) for one in documented()]
    assert len(named) == len(set(named))
