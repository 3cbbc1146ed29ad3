"""Listings and owners' changes of them in the admin: who sees what, what the buttons and forms do."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, User
from listings.enums import RevisionStatus, SpaceKind, SpaceStatus
from listings.models import Plan, Space, SpacePhoto, SpaceRevision
from listings.services.photos import add_photo, remove_photo
from listings.services.spaces import delete_space, update_space
from tests.factories.listings import SpaceFactory
from tests.listings.conftest import Seats, make_user
from tests.listings.test_photos import picture

LIST = reverse("admin:listings_space_changelist")
QUEUE = reverse("admin:listings_spacerevision_changelist")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def colleague(*permissions: str) -> Client:
    user = make_user("desk@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions, content_type__app_label="listings"))
    return client_of(user)


@pytest.fixture
def client(staff: User) -> Client:
    return client_of(staff)


def page(obj: Any, name: str = "change") -> str:
    kind = obj._meta
    return reverse(f"admin:{kind.app_label}_{kind.model_name}_{name}", args=[obj.pk])


def open_dialog(client: Client, obj: Any, name: str) -> dict[str, str]:
    """The form of a dialog, as a browser would send it back."""
    text = client.get(page(obj, name)).content.decode()
    fields = dict(re.findall(r'name="(\w+)"[^>]*?value="([^"]*)"', text))
    fields.pop("csrfmiddlewaretoken", None)
    return {**fields, "_form_submitted": "on"}


def press(client: Client, obj: Any, name: str, **form: str) -> Any:
    return client.post(page(obj, name), {**open_dialog(client, obj, name), **form})


def buttons(client: Client, obj: Any) -> set[str]:
    text = client.get(page(obj)).content.decode()
    names = ["approve", "reject", *(["reconsider", "take_off", "restore"] if isinstance(obj, Space) else [])]
    return {name for name in names if f'"{page(obj, name)}"' in text}


def form_of(client: Client, url: str, **changes: Any) -> dict[str, Any]:
    """What the page's form would send if nothing but `changes` was typed."""
    answer = client.get(url)
    assert answer.status_code == 200
    sent: dict[str, Any] = {}
    forms = [answer.context["adminform"].form]
    for one in answer.context["inline_admin_formsets"]:
        forms += [one.formset.management_form, *one.formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if isinstance(value, bool):
                sent |= {field.html_name: "on"} if value else {}
            elif field.html_name and not hasattr(value, "open"):
                sent[field.html_name] = "" if value is None else value
    return {**sent, **changes}


@pytest.fixture
def revision(owner: User) -> SpaceRevision:
    space = SpaceFactory(owner=owner, name="Old name")
    update_space(
        space=space,
        values={"name": "New <b>name</b>", "features": ["Pool"]},
        plans={"gst": {"price_text": "₹1,111/month"}, "br": None},
        actor=owner,
    )
    return SpaceRevision.objects.get()


# Lists


def test_catalogue_filters_searches_and_hides_the_bin(client: Client, owner: User) -> None:
    SpaceFactory(name="Harbour", city="Bangalore", owner=owner)
    SpaceFactory(name="Plaza", kind=SpaceKind.COWORKING, status=SpaceStatus.PENDING)
    delete_space(space=SpaceFactory(name="Gone", owner=owner), actor=owner)

    def shown(query: str) -> set[str]:
        return {space.name for space in client.get(f"{LIST}?{query}").context["cl"].result_list}

    assert shown("") == {"Harbour", "Plaza"}
    assert shown("tab=bin") == {"Gone"}
    assert shown("tab=any") == {"Harbour", "Plaza", "Gone"}
    assert shown("tab=waiting") == {"Plaza"}
    assert shown("tab=public") == {"Harbour"}
    assert shown("city=bengaluru") == {"Harbour"}
    assert shown("kind__exact=coworking") == {"Plaza"}
    assert shown("status__exact=pending") == {"Plaza"}
    assert shown("q=harb") == shown("q=owner@example.com") == {"Harbour"}


@pytest.mark.parametrize("url", [LIST, QUEUE])
def test_lists_cost_the_same_queries_for_one_row_and_for_three(client: Client, owner: User, url: str) -> None:
    def spent() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    def add() -> None:
        update_space(space=SpaceFactory(owner=owner), values={"name": "New"}, actor=owner)

    add()
    spent()
    one = spent()
    add()
    add()
    assert spent() == one


def test_queue_shows_what_waited_longest_first_and_the_decided_last(client: Client, owner: User) -> None:
    space = [SpaceFactory(owner=owner) for _ in range(3)]
    for one in space:
        update_space(space=one, values={"name": "New"}, actor=owner)
    first, second, decided = SpaceRevision.objects.order_by("created_at")
    SpaceRevision.objects.filter(pk=second.pk).update(created_at=first.created_at.replace(year=2020))
    SpaceRevision.objects.filter(pk=decided.pk).update(status=RevisionStatus.REJECTED)

    assert [row.pk for row in client.get(f"{QUEUE}?tab=all").context["cl"].result_list] == [
        second.pk,
        first.pk,
        decided.pk,
    ]
    assert [row.pk for row in client.get(QUEUE).context["cl"].result_list] == [second.pk, first.pk]


# Buttons


@pytest.mark.parametrize(
    ("status", "is_binned", "expected"),
    [
        (SpaceStatus.DRAFT, False, {"reconsider", "take_off"}),
        (SpaceStatus.PENDING, False, {"approve", "reject", "take_off"}),
        (SpaceStatus.APPROVED, False, {"take_off"}),
        (SpaceStatus.REJECTED, False, {"reconsider", "take_off"}),
        (SpaceStatus.APPROVED, True, {"restore"}),
    ],
)
def test_buttons_are_those_that_can_be_pressed(
    client: Client, owner: User, status: SpaceStatus, is_binned: bool, expected: set[str]
) -> None:
    space = SpaceFactory(owner=owner, status=status)
    if is_binned:
        delete_space(space=space, actor=owner)

    assert buttons(client, space) == expected


def test_buttons_depend_on_the_permission_and_are_refused_without_it(owner: User) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.PENDING)
    client = colleague("view_space")

    assert buttons(client, space) == set()
    for name in ("approve", "reject", "reconsider", "take_off", "restore"):
        assert client.post(page(space, name), {"_form_submitted": "on", "reason": "x"}).status_code == 403
    assert Space.objects.get().status == SpaceStatus.PENDING


def test_reviewer_without_the_right_to_change_decides_and_changes_nothing_else(owner: User) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.PENDING)
    client = colleague("view_space", "review_space")

    assert buttons(client, space) == {"approve", "reject"}
    press(client, space, "approve")
    assert Space.objects.get().status == SpaceStatus.APPROVED


def test_approve_and_reject_do_what_the_services_do(client: Client, owner: User, staff: User) -> None:
    good, bad = (SpaceFactory(owner=owner, status=SpaceStatus.PENDING) for _ in range(2))

    answer = press(client, good, "approve")
    press(client, bad, "reject", reason="No picture")

    assert answer.headers["HX-Redirect"] == page(bad)
    assert Space.objects.get(pk=good.pk).approved_by == staff
    assert Space.objects.get(pk=bad.pk).rejection_reason == "No picture"
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"space.approved", "space.rejected"}
    assert "is public now" in client.get(page(good)).content.decode()


def test_reject_without_a_reason_asks_again(client: Client, owner: User) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.PENDING)

    answer = press(client, space, "reject", reason=" ")

    assert answer.status_code == 200
    assert "HX-Redirect" not in answer.headers
    assert Space.objects.get().status == SpaceStatus.PENDING


def test_approve_dialog_shows_what_is_approved_and_refuses_a_newer_version(client: Client, owner: User) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.PENDING, name="Seen")
    assert "Seen" in client.get(page(space, "approve")).content.decode()
    form = open_dialog(client, space, "approve")
    update_space(space=space, values={"name": "Unseen"}, actor=owner)

    client.post(page(space, "approve"), form)

    assert Space.objects.get().status == SpaceStatus.PENDING
    assert "changed meanwhile" in client.get(page(space)).content.decode()


@pytest.mark.parametrize("seen_at", ["", "yesterday", "2026-13-45T00:00:00", "2026-01-01T00:00:00"])
def test_approve_with_a_forged_version_is_refused(client: Client, owner: User, seen_at: str) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.PENDING)

    press(client, space, "approve", seen_at=seen_at)

    assert Space.objects.get().status == SpaceStatus.PENDING


def test_bin_restore_and_reconsider(client: Client, owner: User) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.REJECTED)

    press(client, space, "take_off")
    assert Space.objects.get().deleted_at is not None
    press(client, space, "restore")
    assert Space.objects.get().deleted_at is None
    press(client, space, "reconsider")
    assert Space.objects.get().status == SpaceStatus.PENDING


def test_nothing_is_deleted_for_good(client: Client) -> None:
    space = SpaceFactory()

    for model in (Space, SpaceRevision):
        request = client.get(LIST).wsgi_request
        assert not admin.site.get_model_admin(model).has_delete_permission(request)
    assert client.post(page(space, "delete"), {"post": "yes"}).status_code == 403


# Owners' changes


def test_change_shows_the_difference_escaped(client: Client, revision: SpaceRevision) -> None:
    text = client.get(page(revision)).content.decode()

    assert "<ins>New</ins> <ins>&lt;b&gt;</ins>name<ins>&lt;/b&gt;</ins>" in text
    assert "<b>name" not in text
    for shown in ("<del>Old</del>", "<ins>Pool</ins>", "₹2,999/month", "₹1,111/month", "<del>₹3,499/month</del>"):
        assert shown in text
    assert "₹1,888 less (-63%)" in text
    assert "Mailing Plan" not in text  # as it was
    assert "proposes a change" in client.get(page(revision.space)).content.decode()


def test_change_is_approved_by_its_button(client: Client, revision: SpaceRevision, staff: User) -> None:
    assert "₹1,111/month" in client.get(page(revision, "approve")).content.decode()

    press(client, revision, "approve")

    assert Space.objects.get().name == "New <b>name</b>"
    revision.refresh_from_db()
    assert (revision.status, revision.decided_by) == (RevisionStatus.APPROVED, staff)
    text = client.get(page(revision)).content.decode()
    assert "The owner asked for" in text
    assert buttons(client, revision) == set()


def test_change_is_rejected_by_its_button(client: Client, revision: SpaceRevision) -> None:
    press(client, revision, "reject", reason="Misleading")

    revision.refresh_from_db()
    assert (revision.status, revision.reason) == (RevisionStatus.REJECTED, "Misleading")


def test_change_with_photos_shows_them(client: Client, owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner)
    photo = add_photo(space=space, upload=picture(), actor=owner)

    text = client.get(page(SpaceRevision.objects.get())).content.decode()

    assert "New photos" in text
    assert photo.file.url in text


def test_owner_who_is_staff_has_no_buttons_for_his_own(owner: User) -> None:
    owner.is_staff = owner.is_superuser = True
    owner.save()
    space = SpaceFactory(owner=owner)
    update_space(space=space, values={"name": "New"}, actor=owner)
    waiting = SpaceFactory(owner=owner, status=SpaceStatus.PENDING)
    client = client_of(owner)

    assert buttons(client, SpaceRevision.objects.get()) == set()
    assert buttons(client, waiting) == {"take_off"}
    press(client, waiting, "approve")
    assert Space.objects.get(pk=waiting.pk).status == SpaceStatus.PENDING


# Forms


def new_listing(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "coworking",
        "name": "Creative Hub - BKC",
        "address": "456, Tech Tower, BKC, Mumbai - 400051",
        "city": "Mumbai",
        "area": "BKC",
        "features": "Gym Access\n\n Cafeteria ",
        "availability": "Available Now",
        "desk_type": "Hot Desk",
        "total_seats": "40",
        "rating": "4.8",
        "reviews": "85",
        "plans-TOTAL_FORMS": "1",
        "plans-INITIAL_FORMS": "0",
        "plans-0-code": "seat",
        "plans-0-amount": "8999",
        "plans-0-original_amount": "12999",
        "plans-0-period": "month",
        "plans-0-seats": "1",
        "photos-TOTAL_FORMS": "1",
        "photos-INITIAL_FORMS": "0",
        "photos-0-file": picture(),
        "photos-0-caption": "Front",
        "photos-0-position": "0",
        **changes,
    }


def test_new_listing_with_its_plans_and_photos_is_public_at_once(client: Client, staff: User) -> None:
    answer = client.post(reverse("admin:listings_space_add"), new_listing())

    assert answer.status_code == 302, answer.context["errors"]
    space = Space.objects.get()
    assert (space.status, space.approved_by, space.state_code) == (SpaceStatus.APPROVED, staff, "27")
    assert (space.features, space.total_seats, space.rating) == (["Gym Access", "Cafeteria"], 40, Decimal("4.8"))
    plan = space.plans.get()
    assert (plan.code, plan.name, plan.amount, plan.price_text) == ("seat", "Seat", 8999, "₹8,999/month")
    assert plan.original_price_text == "₹12,999/month"
    assert space.photos.get().caption == "Front"


def test_new_rental_has_its_size(client: Client) -> None:
    client.post(reverse("admin:listings_space_add"), new_listing(kind="rental", desk_type="", home_size="2BHK"))

    assert Space.objects.get().home_size == "2BHK"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rating": "6"}, "less than or equal to 5"),
        ({"features": "x" * 81}, "At most 50 lines"),
        ({"plans-0-amount": "-1"}, "Must be between"),
        ({"plans-0-amount": "99999999"}, "Must be between"),
        ({"state_code": "99"}, "valid choice"),
        ({"home_size": "9BHK"}, "valid choice"),
    ],
)
def test_new_listing_with_a_wrong_value_is_refused(client: Client, changes: dict[str, str], message: str) -> None:
    answer = client.post(reverse("admin:listings_space_add"), new_listing(**changes))

    assert answer.status_code == 200
    assert message in answer.content.decode()
    assert not Space.objects.exists()


def test_new_listing_with_a_bad_picture_is_refused_whole(client: Client) -> None:
    hostile = picture("x.png")
    hostile.seek(0)
    hostile.truncate(0)
    hostile.write(b"<svg onload=alert(1)>")
    hostile.seek(0)

    client.post(reverse("admin:listings_space_add"), new_listing(**{"photos-0-file": hostile}))

    assert not Space.objects.exists()


def test_form_changes_only_what_was_typed(client: Client, staff: User, owner: User) -> None:
    space = SpaceFactory(owner=owner, plans=(), rating=Decimal("4.5"))
    Plan.objects.create(space=space, code="standard", name="Standard Plan", amount=4999, price_text="Rs. 4999")
    form = form_of(client, page(space), name="Renamed", city="Bangalore", **{"plans-0-seats": "2"})

    answer = client.post(page(space), form)

    assert answer.status_code == 302, answer.context["errors"]
    space.refresh_from_db()
    plan = space.plans.get()
    assert (space.name, space.city_key, space.state_code) == ("Renamed", "bengaluru", "29")
    assert (plan.price_text, plan.seats, space.owner, space.rating) == ("Rs. 4999", 2, owner, Decimal("4.5"))
    entry = AuditEntry.objects.get(action="space.updated")
    assert set(entry.after) == {"name", "city", "plans"}


def test_form_changes_prices_and_drops_plans(client: Client) -> None:
    space = SpaceFactory(plans={"standard": 4999, "gst": 2999})
    codes = list(space.plans.values_list("code", flat=True))
    gst, standard = codes.index("gst"), codes.index("standard")
    changes = {f"plans-{gst}-DELETE": "on", f"plans-{standard}-amount": "5499.50"}

    client.post(page(space), form_of(client, page(space), **changes))

    assert list(space.plans.values_list("code", "price_text")) == [("standard", "₹5,499.50/month")]


def test_form_that_was_not_typed_into_writes_nothing(client: Client) -> None:
    space = SpaceFactory()
    before = Space.objects.values().get()

    assert client.post(page(space), form_of(client, page(space))).status_code == 302

    assert Space.objects.values().get() == before
    assert not AuditEntry.objects.exists()


def test_form_that_a_rule_refuses_says_so_and_writes_nothing(client: Client, seats: Seats) -> None:
    space = SpaceFactory(total_seats=10)
    seats.peak[space.pk] = 7

    answer = client.post(page(space), form_of(client, page(space), total_seats="3", name="Renamed"), follow=True)

    assert "7 seats are booked" in answer.content.decode()
    space.refresh_from_db()
    assert (space.total_seats, space.name) == (10, space.name)


def test_form_arranges_and_removes_photos(client: Client, staff: User) -> None:
    space = SpaceFactory()
    first, second = (add_photo(space=space, upload=picture(), actor=staff) for _ in range(2))
    changes = {"photos-0-DELETE": "on", "photos-1-caption": "Garden", "photos-1-position": "7"}

    client.post(page(space), form_of(client, page(space), **changes))

    photo = SpacePhoto.objects.get()
    assert (photo.pk, photo.caption, photo.position) == (second.pk, "Garden", 7)
    assert first.file.url not in Space.objects.get().document


def test_forms_of_who_owns_the_listing_wait_for_a_colleague(owner: User) -> None:
    owner.is_staff = owner.is_superuser = True
    owner.save()
    space = SpaceFactory(owner=owner, name="Old")
    client = client_of(owner)

    client.post(page(space), form_of(client, page(space), name="New"))

    assert Space.objects.get().name == "Old"
    assert SpaceRevision.objects.get().changes == {"name": "New"}


def test_what_is_in_the_bin_is_only_looked_at(client: Client, staff: User) -> None:
    space = SpaceFactory()
    delete_space(space=space, actor=staff)

    assert "In the bin since" in client.get(page(space)).content.decode()
    assert client.post(page(space), {"name": "x"}).status_code == 403


def test_what_is_missing_is_said(client: Client, owner: User) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.PENDING, state_code="", plans=())

    assert "needs a state and a plan with a price" in client.get(page(space)).content.decode()
    press(client, space, "approve")
    assert "needs a state and a plan" in client.get(page(space)).content.decode()
    assert Space.objects.get().status == SpaceStatus.PENDING


def test_without_permission_nothing_is_seen(owner: User, revision: SpaceRevision) -> None:
    client = colleague()

    for url in (LIST, QUEUE, page(revision), page(revision.space)):
        assert client.get(url).status_code == 403


def test_refused_decisions_of_a_change_say_why(client: Client, revision: SpaceRevision, seats: Seats) -> None:
    SpaceRevision.objects.update(changes={"total_seats": 1})
    seats.peak[revision.space_id] = 3
    press(client, revision, "approve")
    assert "3 seats are booked" in client.get(page(revision)).content.decode()

    SpaceRevision.objects.update(status=RevisionStatus.APPROVED)
    client.post(page(revision, "reject"), {"_form_submitted": "on", "reason": "Late"})
    assert "cannot become rejected" in client.get(page(revision)).content.decode()


def test_change_that_takes_a_photo_away_shows_it(client: Client, owner: User, staff: User) -> None:
    photo = add_photo(space=SpaceFactory(owner=owner), upload=picture(), actor=staff)
    remove_photo(photo=photo, actor=owner)

    text = client.get(page(SpaceRevision.objects.get())).content.decode()

    assert "Photos taken away" in text
    assert photo.file.url in text
