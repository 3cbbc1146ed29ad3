"""GET /api/properties: rento's and nano's list, in one answer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from accounts.models import User
from flashspace.base.clock import now
from listings.enums import SpaceKind, SpaceStatus
from listings.models import Plan, Space, SpacePhoto
from listings.services.spaces import delete_space, update_space
from tests.contract.shapes import assert_documented, example_of
from tests.factories.accounts import sign_in_as
from tests.factories.listings import SpaceFactory
from tests.listings.conftest import Api, Seats, make_user

pytestmark = pytest.mark.usefixtures("no_limits")

PATH = "/api/properties"
PHONE = "+1234567890"
_, SHOWN = example_of("GET", PATH, dialect="rento")
_, REFUSED = example_of("GET", PATH, 401, dialect="rento")


@pytest.fixture
def ask(customer: User) -> Callable[[str], Any]:
    """As somebody who proved the address; `ask("city=Pune")`."""
    api = Api(customer)
    return lambda query="": api("GET", f"{PATH}?{query}")


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["name"] for one in answer.json()["data"]["properties"]]


def test_documented_example_of_rento(ask: Any, owner: User) -> None:
    (example,) = SHOWN["data"]["properties"]
    User.objects.filter(pk=owner.pk).update(phone=PHONE)
    rental = SpaceFactory(
        kind=SpaceKind.RENTAL,
        owner=owner,
        address=example["address"],
        home_size=example["size"],
        image_url=example["photo"][0],
        plans={"standard": example["rent"]},
    )

    told = ask().json()

    assert_documented(told, SHOWN)
    assert told["message"] == SHOWN["message"]
    (shown,) = told["data"]["properties"]
    made = {"_id": str(rental.pk), "listedBy": str(owner.pk), "createdAt": shown["createdAt"]}
    assert {key: shown[key] for key in example} == {**example, **made}


def test_documented_refusal_of_rento(db: None) -> None:
    answer = Api()("GET", PATH)

    assert answer.status_code == 401
    assert answer.json() == {**REFUSED, "details": None, "timestamp": answer.json()["timestamp"]}


def test_nano_finds_all_its_keys(ask: Any, owner: User, seats: Seats) -> None:
    prices = {"seat": 5000, "cabin": 18000, "month": 90000, "day": 450}
    space = SpaceFactory(kind=SpaceKind.COWORKING, owner=owner, name="Hub", total_seats=40, plans=prices)
    seats.taken[space.pk] = 15

    (shown,) = ask().json()["properties"]

    assert shown == {
        "_id": str(space.pk),
        "size": None,
        "rent": 90000,
        "listedBy": str(owner.pk),
        "available": True,
        "photo": [space.image_url],
        "contact": "",
        "createdAt": shown["created_at"],
        "id": str(space.pk),
        "owner_id": str(owner.pk),
        "name": "Hub",
        "type": "coworking",
        "description": "",
        "city": "Mumbai",
        "area": space.area,
        "address": space.address,
        "latitude": space.latitude,
        "longitude": space.longitude,
        "price_per_seat": 5000,
        "price_per_cabin": 18000,
        "price_per_month": 90000,
        "price_per_day": 450,
        "amenities": space.features,
        "images": [space.image_url],
        "total_seats": 40,
        "available_seats": 25,
        "status": "approved",
        "rejection_reason": None,
        "submitted_at": shown["submitted_at"],
        "approved_at": shown["approved_at"],
        "rejected_at": None,
        "created_at": shown["created_at"],
        "updated_at": shown["updated_at"],
    }
    assert all(shown[key].endswith("Z") for key in ("submitted_at", "approved_at", "created_at", "updated_at"))


def test_nanos_answer_stands_at_the_top_too(ask: Any) -> None:
    SpaceFactory()

    told = ask().json()

    assert set(told) == {"success", "message", "data", "timestamp", "properties", "total", "page", "per_page", "pages"}
    assert told["data"] == {"count": 1, **{key: told[key] for key in told["data"] if key != "count"}}
    assert set(told["data"]) == {"count", "properties", "total", "page", "per_page", "pages"}


def test_rent_is_a_price_for_a_month(ask: Any) -> None:
    SpaceFactory(name="office")
    Plan.objects.filter(space=SpaceFactory(name="by the day", plans={"standard": 700})).update(period="day")
    SpaceFactory(name="seats", plans={"seat": 5000})

    shown = {one["name"]: (one["rent"], one["price_per_month"]) for one in ask().json()["properties"]}

    assert shown == {"office": (4999, 4999), "by the day": (None, None), "seats": (None, None)}


@pytest.mark.parametrize(
    ("total", "taken", "free", "available"),
    [(None, 7, None, True), (5, 4, 1, True), (5, 5, 0, False), (5, 6, 0, False)],
)
def test_available_while_a_seat_is_free_today(
    ask: Any, seats: Seats, total: int | None, taken: int, free: int | None, available: bool
) -> None:
    seats.taken[SpaceFactory(total_seats=total).pk] = taken

    (shown,) = ask().json()["properties"]

    assert (shown["available_seats"], shown["available"]) == (free, available)


def test_photos_without_those_that_wait(ask: Any) -> None:
    space = SpaceFactory(image_url="/uploads/second.jpg")
    for position, name in enumerate(["first.jpg", "second.jpg"]):
        SpacePhoto.objects.create(space=space, file=name, position=position)
    SpacePhoto.objects.create(space=space, file="proposed.jpg", is_proposed=True)
    SpaceFactory(image_url="")

    without, shown = sorted(ask().json()["properties"], key=lambda one: len(one["photo"]))

    assert without["photo"] == without["images"] == []
    assert shown["photo"] == shown["images"] == ["/uploads/first.jpg", "/uploads/second.jpg"]


def test_contact_is_the_owners_phone_and_nothing_else_of_the_owner(ask: Any, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(phone=PHONE, phone_typed="+1 234 567 890")
    SpaceFactory(owner=owner)

    answer = ask()

    assert answer.json()["properties"][0]["contact"] == "+1 234 567 890"
    assert owner.email not in answer.content.decode()
    assert owner.full_name not in answer.content.decode()


def test_what_is_the_platforms_own_has_no_owner(ask: Any) -> None:
    SpaceFactory(owner=None)

    (shown,) = ask().json()["properties"]

    assert (shown["owner_id"], shown["listedBy"], shown["contact"]) == (None, "", "")


def test_who_has_proved_nothing_is_refused(db: None) -> None:
    SpaceFactory(name="secret")

    answer = Api(make_user("new@example.com", email_verified_at=None))("GET", PATH)

    assert (answer.status_code, answer.json()["error"]) == (403, "Email Not Verified")
    assert set(answer.json()) == {"success", "error", "message", "details", "timestamp"}
    assert "secret" not in answer.content.decode()


def test_bad_token_is_no_token(db: None) -> None:
    assert Api(token="nonsense")("GET", PATH).status_code == 401


@pytest.mark.parametrize(
    "fields",
    [
        {"role": Role.OWNER},
        {"role": Role.ENTERPRISE},
        {"is_staff": True, "is_superuser": True},
        {"email_verified_at": None, "phone": "+919812345678", "phone_verified_at": now()},
    ],
    ids=["owner", "enterprise", "staff", "by phone"],
)
def test_every_role_sees_the_same(db: None, fields: dict[str, Any]) -> None:
    person = make_user("somebody@example.com", **fields)
    SpaceFactory(name="public")
    for status in (SpaceStatus.DRAFT, SpaceStatus.PENDING, SpaceStatus.REJECTED):
        SpaceFactory(status=status, owner=person)
    delete_space(space=SpaceFactory(), actor=make_user("keeper@example.com", is_staff=True, is_superuser=True))

    assert names(Api(person)("GET", PATH)) == ["public"]


def test_rentos_cookie_signs_in(customer: User) -> None:
    browser = Client()
    browser.cookies["token"] = sign_in_as(customer).tokens.access

    assert browser.get(PATH).status_code == 200


def test_owner_sees_what_was_approved(owner: User) -> None:
    space = SpaceFactory(owner=owner, name="Approved")
    update_space(space=space, values={"name": "Proposed"}, actor=owner)

    assert names(Api(owner)("GET", PATH)) == ["Approved"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"office", "desks", "rooms", "home"}),
        ("type=&city=&status=", {"office", "desks", "rooms", "home"}),
        ("type=virtual_office", {"office"}),
        ("type=virtualoffice", {"office"}),
        ("type=coworking", {"desks"}),
        ("type=coliving", {"rooms"}),
        ("type=rental", {"home"}),
        ("city=bengaluru", {"rooms", "home"}),
        ("city=%20BANGALORE%20&type=rental", {"home"}),
        ("city=Mumba", set()),
        ("city=%25", set()),
        ("city='%20OR%201=1%20--", set()),
        ("status=approved", {"office", "desks", "rooms", "home"}),
        ("status=pending", set()),
        ("status=rejected", set()),
        ("owner=1&_method=DELETE", {"office", "desks", "rooms", "home"}),
    ],
)
def test_filters(ask: Any, query: str, found: set[str]) -> None:
    SpaceFactory(name="office")
    SpaceFactory(name="desks", kind=SpaceKind.COWORKING)
    SpaceFactory(name="rooms", kind=SpaceKind.COLIVING, city="Bangalore")
    SpaceFactory(name="home", kind=SpaceKind.RENTAL, city="Bengaluru")
    SpaceFactory(name="hidden", status=SpaceStatus.PENDING)

    assert set(names(ask(query))) == found


@pytest.mark.parametrize(
    ("query", "found", "page"),
    [
        ("", "abcde", {"total": 5, "page": 1, "per_page": 500, "pages": 1}),
        ("per_page=2", "ab", {"total": 5, "page": 1, "per_page": 2, "pages": 3}),
        ("per_page=2&page=3", "e", {"total": 5, "page": 3, "per_page": 2, "pages": 3}),
        ("limit=2&page=2", "cd", {"total": 5, "page": 2, "per_page": 2, "pages": 3}),
        ("page=2", "", {"total": 5, "page": 2, "per_page": 500, "pages": 1}),
        ("per_page=2&page=1000000", "", {"total": 5, "page": 1_000_000, "per_page": 2, "pages": 3}),
    ],
)
def test_pages(ask: Any, query: str, found: str, page: dict[str, int]) -> None:
    for rating, name in enumerate("edcba"):
        SpaceFactory(name=name, rating=rating)

    answer = ask(query)

    assert "".join(names(answer)) == found
    assert answer.json()["data"] == {**answer.json()["data"], "count": len(found), **page}


def test_popular_ones_come_first(ask: Any) -> None:
    SpaceFactory(name="best rated", rating=5)
    SpaceFactory(name="popular", is_popular=True, kind=SpaceKind.COLIVING)

    assert names(ask()) == ["popular", "best rated"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("type=office", "type"),
        ("type=VIRTUAL_OFFICE", "type"),
        ("type[$ne]=rental&type=%00", None),
        ("city=" + "x" * 81, "city"),
        ("city=%E2%80%AE", "city"),
        ("city=%FF", None),
        ("status=draft", "status"),
        ("status=all", "status"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=", "page"),
        ("page=99999999999999999999", "page"),
        ("per_page=501", "per_page"),
        ("per_page=1e2", "per_page"),
        ("limit=0", "limit"),
        ("page=1&page=2", None),
        ("type=rental&type=coworking", None),
    ],
)
def test_what_cannot_be_asked_is_said_in_rentos_words(ask: Any, query: str, field: str | None) -> None:
    SpaceFactory()

    answer = ask(query)

    told = answer.json()
    assert answer.status_code == 400
    assert set(told) == {"success", "error", "message", "details", "timestamp"}
    if field:
        assert (told["error"], [one["path"] for one in told["details"]]) == ("Validation Error", [field])
        assert told["details"][0]["location"] == "query"


def test_queries_do_not_grow_with_rows(ask: Any, owner: User) -> None:
    def count(query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ask(query).status_code == 200
        return len(captured)

    def add(rows: int) -> None:
        for _ in range(rows):
            SpacePhoto.objects.create(space=SpaceFactory(owner=owner, total_seats=9), file="a.jpg")

    add(1)
    ask()  # the session is marked as seen once
    one = count("")
    add(2)
    assert (one, count(""), count("per_page=2")) == (4, 4, 5)


def test_counting_stops(ask: Any) -> None:
    for _ in range(2):
        SpaceFactory()

    with CaptureQueriesContext(connection) as captured:
        ask("per_page=1")

    (counting,) = [one["sql"] for one in captured if "COUNT(*)" in one["sql"]]
    assert "LIMIT 10000" in counting


def test_five_hundred_are_shown_unless_others_are_asked_for(ask: Any) -> None:
    """Bulk, past the services: only their number matters."""
    like = SpaceFactory(plans=())
    Space.objects.bulk_create(
        Space(
            kind=like.kind, name="one of many", address="x", city="Mumbai", city_key="mumbai", state_code="27",
            status=SpaceStatus.APPROVED, approved_at=now(),
        )
        for _ in range(500)
    )  # fmt: skip

    first, second = ask().json(), ask("page=2").json()

    assert (first["data"]["count"], first["total"], first["pages"]) == (500, 501, 2)
    assert (second["data"]["count"], second["total"], second["per_page"]) == (1, 501, 500)
