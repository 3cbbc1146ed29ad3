"""Approving listings: the queue, old and new side by side, what moved meanwhile, and what comes next."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from flashspace.base import clock
from flashspace.base.clock import now
from listings.enums import RevisionStatus, SpaceStatus
from listings.models import Space, SpaceRevision
from listings.services.photos import add_photo
from listings.services.reviews import approve_revision
from listings.services.spaces import update_space
from listings.words import MOST_WORDS, Piece, mark_words
from tests.accounts.payloads import LIVE, PAYLOADS
from tests.factories.listings import SpaceFactory
from tests.listings.conftest import make_user
from tests.listings.test_admin import LIST, QUEUE, client_of, colleague, page, press
from tests.listings.test_photos import picture


@pytest.fixture
def client(staff: User) -> Client:
    return client_of(staff)


def propose(owner: User, space: Space | None = None, **values: Any) -> SpaceRevision:
    space = space or SpaceFactory(owner=owner)
    update_space(space=space, values=values or {"name": "New"}, actor=owner)
    return SpaceRevision.objects.get(space=space, status=RevisionStatus.PENDING)


# Words


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        ("a b c", "a x c", "a [b] c", "a [x] c"),
        ("", "new", "", "[new]"),
        ("gone", "", "[gone]", ""),
        ("same", "same", "same", "same"),
        ("Pool, Gym", "Pool, Gym, Cafe", "Pool, Gym", "Pool, Gym[, Cafe]"),
    ],
)
def test_words_that_changed_are_marked(before: str, after: str, old: str, new: str) -> None:
    def written(pieces: list[Piece]) -> str:
        return "".join(f"[{piece.text}]" if piece.is_changed else piece.text for piece in pieces)

    assert [written(pieces) for pieces in mark_words(before, after)] == [old, new]


def test_words_of_a_very_long_text_are_marked_as_a_whole() -> None:
    text = "word " * MOST_WORDS
    assert mark_words(text, f"{text}more") == ([Piece(text, True)], [Piece(f"{text}more", True)])


# The difference


def test_difference_shows_fields_plans_and_photos_side_by_side(client: Client, owner: User) -> None:
    space = SpaceFactory(owner=owner, description="A quiet office near the station", plans={"gst": 1000, "br": 2000})
    changes = {"gst": {"price_text": "₹1,500/month"}, "br": None, "standard": {"price_text": "₹900/month"}}
    values = {"description": "A quiet floor near the station"}
    update_space(space=space, values=values, plans=changes, actor=owner)
    photo = add_photo(space=space, upload=picture(), actor=owner)

    text = client.get(page(SpaceRevision.objects.get())).content.decode()

    assert "A quiet <del>office</del> near the station" in text
    assert "A quiet <ins>floor</ins> near the station" in text
    for shown in ("₹500 more (+50%)", "<del>₹2,000/month</del>", "<ins>₹900/month</ins>", "dropped", photo.file.url):
        assert shown in text
    assert f'href="{page(space)}"' in text


def test_difference_says_that_the_public_version_moved(client: Client, owner: User, staff: User) -> None:
    with clock.pretend(now() - timedelta(hours=2)):
        revision = propose(owner, name="New name", description="Larger")
        SpaceRevision.objects.update(updated_at=now())
    with clock.pretend(now() - timedelta(hours=1)):
        update_space(space=revision.space, values={"name": "By staff", "features": ["Pool"]}, actor=staff)

    answer = client.get(page(revision))

    moves = [(move["by"], move["what"], move["both"]) for move in answer.context["moves"]]
    assert moves == [(staff.email, "Features, Name", "Name")]
    assert "Both changed Name." in answer.content.decode()
    assert "<del>By</del> <del>staff</del>" in answer.content.decode()


def test_difference_that_nothing_moved_under_says_nothing(client: Client, owner: User) -> None:
    assert client.get(page(propose(owner))).context["moves"] == []


def test_first_approval_shows_everything_as_new(client: Client, owner: User) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.PENDING, name="Harbour House", latitude=19.0, longitude=72.8)

    text = client.get(page(space)).content.decode()

    for shown in ("Everything is new", "Harbour House", "Mailing Plan", "₹1,499/month"):
        assert shown in text
    assert 'href="https://www.openstreetmap.org/?mlat=19.0&amp;mlon=72.8#map=16"' in text


def test_public_listing_shows_no_first_approval_but_its_history(client: Client, owner: User) -> None:
    revision = propose(owner)
    text = client.get(page(revision.space)).content.decode()
    assert "Everything is new" not in text
    assert "Change proposed" in text


# What comes next


def test_reviewer_lands_on_the_change_that_waits_longest(client: Client, owner: User) -> None:
    decided, later, first = (propose(owner) for _ in range(3))
    SpaceRevision.objects.filter(pk=first.pk).update(created_at=now() - timedelta(days=9))

    assert press(client, decided, "approve").headers["HX-Redirect"] == page(first)
    assert press(client, first, "reject", reason="No").headers["HX-Redirect"] == page(later)
    assert press(client, later, "reject", reason="No").headers["HX-Redirect"] == QUEUE
    shown = client.get(QUEUE).content.decode()
    assert "No other change waits for you." in shown
    assert "No change waits. One comes here when an owner changes a public listing." in shown


def test_reviewer_of_new_listings_lands_on_the_next_and_not_on_his_own(
    client: Client, owner: User, staff: User
) -> None:
    SpaceFactory(owner=staff, status=SpaceStatus.PENDING, submitted_at=now() - timedelta(days=9))
    decided, platform = SpaceFactory(owner=owner, status=SpaceStatus.PENDING), SpaceFactory(status=SpaceStatus.PENDING)

    assert press(client, decided, "reject", reason="No").headers["HX-Redirect"] == page(platform)
    assert press(client, platform, "approve").headers["HX-Redirect"] == f"{LIST}?tab=waiting"


def test_next_walks_both_queues_and_begins_again(client: Client, owner: User) -> None:
    changes = [propose(owner) for _ in range(2)]
    spaces = [SpaceFactory(owner=owner, status=SpaceStatus.PENDING) for _ in range(2)]
    for days, (change, space) in enumerate(zip(changes, spaces, strict=True)):
        SpaceRevision.objects.filter(pk=change.pk).update(created_at=now() - timedelta(days=9 - days))
        Space.objects.filter(pk=space.pk).update(submitted_at=now() - timedelta(days=9 - days))
    for rows in (changes, spaces):
        following = [client.get(page(row, "next")).headers["Location"] for row in rows]
        assert following == [page(rows[1]), page(rows[0])]


def test_next_wants_the_permission_to_look(owner: User) -> None:
    stranger, revision = colleague("add_space"), propose(owner)
    for row in (revision, revision.space):
        assert stranger.get(page(row, "next")).status_code == 403


def test_second_reviewer_of_a_change_hears_who_was_first(client: Client, owner: User) -> None:
    revision, first = propose(owner), make_user("first@example.com", is_staff=True, is_superuser=True)
    approve_revision(revision=revision, actor=first)
    press(client, revision, "reject", reason="No")
    text = client.get(page(revision)).content.decode()
    assert f"{first} decided first" in text
    assert "Your decision was not saved." in text


def test_tabs_of_changes(client: Client, owner: User, staff: User) -> None:
    waiting, rejected = propose(owner), propose(owner)
    press(client, rejected, "reject", reason="No")

    def shown(tab: str) -> set[Any]:
        return {row.pk for row in client.get(f"{QUEUE}?tab={tab}").context["cl"].result_list}

    assert shown("waiting") == {waiting.pk}
    assert shown("rejected") == shown("mine") == {rejected.pk}
    assert shown("approved") == set()
    assert shown("all") == {waiting.pk, rejected.pk}


def test_change_costs_the_same_queries_for_one_field_and_for_many(client: Client, owner: User) -> None:
    def spent(revision: SpaceRevision) -> int:
        client.get(page(revision))
        with CaptureQueriesContext(connection) as queries:
            client.get(page(revision))
        return len(queries)

    few = propose(owner, name="New")
    many = propose(owner, name="New", description="New", features=["A", "B"], area="Bandra", availability="Soon")
    assert spent(few) == spent(many)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_an_owner_wrote_runs(client: Client, owner: User, payload: str) -> None:
    texts = {
        "name": payload,
        "description": payload,
        "address": payload,
        "area": payload[:100],
        "features": [payload[:80]],
    }
    revision = propose(owner, **texts)
    waiting = SpaceFactory(owner=owner, status=SpaceStatus.PENDING, **texts)
    press(client, propose(owner), "reject", reason=payload)
    for address in (page(revision), page(waiting), page(revision, "approve"), QUEUE, f"{QUEUE}?tab=all", LIST):
        assert not LIVE.search(client.get(address).content.decode()), address
