"""Each rule finds the row that breaks it, and no other rule of listings does."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from flashspace.management.commands.check_integrity import load_rules
from listings.enums import RevisionStatus, SpaceStatus
from listings.models import Plan, Space, SpacePhoto, SpaceRevision
from listings.services.documents import store_documents
from listings.services.reviews import reject_revision
from listings.services.spaces import update_space
from tests.factories.listings import SpaceFactory


@pytest.fixture
def world(owner: User, staff: User) -> Space:
    """A public listing with a rejected change and one that waits, and a listing in every other state."""
    space = SpaceFactory(owner=owner)
    for name in ("One", "Two"):
        update_space(space=space, values={"name": name}, actor=owner)
        if name == "One":
            reject_revision(revision=SpaceRevision.objects.get(), reason="No", actor=staff)
    for status in (SpaceStatus.DRAFT, SpaceStatus.PENDING, SpaceStatus.REJECTED):
        SpaceFactory(status=status)
    return space


def broken() -> dict[str, tuple[str, ...]]:
    found = {rule.id: rule.find() for rule in load_rules() if rule.id.startswith("I-P")}
    return {name: one.violations for name, one in found.items() if one.violations}


def test_a_healthy_world_breaks_no_rule(world: Space) -> None:
    assert broken() == {}
    assert all(rule.find().checked for rule in load_rules() if rule.id.startswith("I-P"))


def change(model: Any, **values: Any) -> Callable[[Space], Any]:
    """Change rows behind the services' back, documents kept fresh, so that only one rule is broken."""

    def apply(space: Space) -> None:
        rows = model.objects.filter(pk=space.pk) if model is Space else model.objects.filter(space=space)
        rows.update(**values)
        if model is not SpaceRevision:
            store_documents(Space.objects.get(pk=space.pk))

    return apply


def orphan_photo(space: Space) -> None:
    SpacePhoto.objects.create(space=space, file="x.jpg", is_proposed=True)


def own_approval(space: Space) -> None:
    change(Space, approved_by=space.owner)(space)


def forget_decision(space: Space) -> None:
    SpaceRevision.objects.filter(status=RevisionStatus.REJECTED).update(decided_by=None)


def no_plans(space: Space) -> None:
    Plan.objects.filter(space=space).delete()
    store_documents(Space.objects.get(pk=space.pk))


def unknown_code(space: Space) -> None:
    Plan.objects.filter(space=space, code="br").update(code="gold")
    store_documents(Space.objects.get(pk=space.pk))


def stale_revision(space: Space) -> None:
    SpaceRevision.objects.filter(status=RevisionStatus.PENDING).update(document="{}")


@pytest.mark.parametrize(
    ("break_it", "id"),
    [
        (change(Space, approved_by=None), "I-P1"),
        (own_approval, "I-P1"),
        (change(Space, state_code="99"), "I-P1"),
        (no_plans, "I-P1"),
        (lambda space: Space.objects.filter(pk=space.pk).update(name="Behind its back"), "I-P2"),
        (lambda space: Space.objects.filter(pk=space.pk).update(list_document="{}"), "I-P2"),
        (stale_revision, "I-P2"),
        (change(Space, city_key="Mumbai"), "I-P3"),
        (unknown_code, "I-P3"),
        (change(Plan, price_text="cheap"), "I-P3"),
        (change(Plan, amount=1), "I-P3"),
        (orphan_photo, "I-P4"),
        (forget_decision, "I-P4"),
    ],
)
def test_each_rule_finds_what_breaks_it(world: Space, break_it: Callable[[Space], Any], id: str) -> None:
    break_it(world)

    assert set(broken()) == {id}


def test_render_listings_mends_what_is_stale(world: Space) -> None:
    Space.objects.filter(pk=world.pk).update(name="Behind its back")
    stale_revision(world)
    told = StringIO()

    call_command("render_listings", dry_run=True, stdout=told)
    assert str(world.pk) in told.getvalue()
    assert set(broken()) == {"I-P2"}

    call_command("render_listings", stdout=told)
    assert broken() == {}
    assert told.getvalue().endswith("1 listings rendered again\n")
