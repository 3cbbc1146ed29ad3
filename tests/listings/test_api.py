"""What the listings' API refuses, believes, hides and costs."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from flashspace.dialects import paging
from listings.enums import SpaceKind, SpaceStatus
from listings.models import Plan, Space, SpaceRevision
from listings.services.spaces import delete_space, update_space
from tests.contract.shapes import example_of
from tests.factories.listings import SpaceFactory
from tests.listings.conftest import Api, Seats, make_user

pytestmark = pytest.mark.usefixtures("no_limits")

BASE = "/api/virtualOffice"
BODY, _ = example_of("POST", f"{BASE}/create", 201)


def fields_of(answer: Any) -> list[str]:
    assert answer.status_code == 400, answer.content
    return [error["field"] for error in answer.json()["error"]["details"]["errors"]]


# Who may write


@pytest.mark.parametrize("base", ["/api/virtualOffice", "/api/coworkingSpace"])
def test_writes_by_everybody_on_every_route(
    base: str, customer: User, owner: User, other_owner: User, staff: User
) -> None:
    kind = SpaceKind.COWORKING if base == "/api/coworkingSpace" else SpaceKind.VIRTUAL_OFFICE
    unverified = make_user("new@example.com", role="owner", email_verified_at=None)
    desk = make_user("desk@example.com", is_staff=True)
    body = example_of("POST", f"{base}/create", 201)[0]
    expected = {
        "nobody": {"create": 401, "update": 401, "delete": 401, "restore": 401, "bin": 401},
        "bad token": {"create": 401, "update": 401, "delete": 401, "restore": 401, "bin": 401},
        "customer": {"create": 403, "update": 403, "delete": 403, "restore": 403, "bin": 403},
        "unverified owner": {"create": 403, "update": 403, "delete": 403, "restore": 403, "bin": 403},
        "staff without permission": {"create": 403, "update": 403, "delete": 403, "restore": 403, "bin": 403},
        "other owner": {"create": 201, "update": 403, "delete": 403, "restore": 404, "bin": 200},
        "owner": {"create": 201, "update": 200, "delete": 200, "restore": 200, "bin": 200},
        "staff": {"create": 201, "update": 200, "delete": 200, "restore": 200, "bin": 200},
    }
    callers = {
        "nobody": Api(),
        "bad token": Api(token="not.a.token"),
        "customer": Api(customer),
        "unverified owner": Api(unverified),
        "staff without permission": Api(desk),
        "other owner": Api(other_owner),
        "owner": Api(owner),
        "staff": Api(staff),
    }
    seen: dict[str, dict[str, int]] = {}
    for name, api in callers.items():
        space, binned = SpaceFactory(owner=owner, kind=kind), SpaceFactory(owner=owner, kind=kind)
        delete_space(space=binned, actor=owner)
        seen[name] = {
            "create": api("POST", f"{base}/create", body).status_code,
            "update": api("PUT", f"{base}/update/{space.pk}", {"availability": "Soon"}).status_code,
            "delete": api("DELETE", f"{base}/delete/{space.pk}").status_code,
            "restore": api("DELETE", f"{base}/delete/{binned.pk}?restore=true").status_code,
            "bin": api("GET", f"{base}/getAll?deleted=true").status_code,
        }
        space.refresh_from_db()
        binned.refresh_from_db()
        may = expected[name]["delete"] == 200
        assert (space.deleted_at is not None, binned.deleted_at is None) == (may, may)
    assert seen == expected


def test_a_bad_token_does_not_keep_anybody_from_reading(db: None) -> None:
    space = SpaceFactory()
    api = Api(token="not.a.token")

    assert api("GET", f"{BASE}/getAll").status_code == 200
    assert api("GET", f"{BASE}/getById/{space.pk}").status_code == 200


def test_a_hidden_listing_is_unknown_to_another_owner(owner: User, other_owner: User) -> None:
    hidden = SpaceFactory(owner=owner, status=SpaceStatus.PENDING)
    api = Api(other_owner)

    answers = [
        (
            api("GET", f"{BASE}/getById/{pk}").json()["error"]["code"],
            api("PUT", f"{BASE}/update/{pk}", {}).json()["error"]["code"],
            api("DELETE", f"{BASE}/delete/{pk}").json()["error"]["code"],
        )
        for pk in (hidden.pk, uuid4())
    ]

    assert answers[0] == answers[1] == ("RESOURCE_NOT_FOUND",) * 3


@pytest.mark.parametrize("id", ["1", "virtual_office_id", "{}", "%00", "g" * 36, "' OR 1=1--"])
def test_a_malformed_id_is_400(staff: User, id: str) -> None:
    api = Api(staff)

    assert api("GET", f"{BASE}/getById/{id}").status_code == 400
    assert api("PUT", f"{BASE}/update/{id}", {}).status_code == 400
    assert api("DELETE", f"{BASE}/delete/{id}").status_code == 400


def test_a_listing_of_the_other_kind_is_unknown(staff: User) -> None:
    space = SpaceFactory(kind=SpaceKind.COWORKING)
    api = Api(staff)

    assert api("GET", f"{BASE}/getById/{space.pk}").status_code == 404
    assert api("PUT", f"{BASE}/update/{space.pk}", {"name": "x"}).status_code == 404
    assert api("DELETE", f"{BASE}/delete/{space.pk}").status_code == 404


# What is believed


def test_owner_s_rating_reviews_and_popular_are_ignored_whatever_they_are(owner: User) -> None:
    answer = Api(owner)("POST", f"{BASE}/create", {**BODY, "rating": "best", "reviews": -1, "popular": [True]})

    assert answer.status_code == 201
    data = answer.json()["data"]
    assert (data["rating"], data["reviews"], data["popular"], data["status"]) == (0, 0, False, "pending")


@pytest.mark.parametrize("who", ["owner", "staff"])
def test_no_key_of_a_body_reaches_a_column_it_should_not(who: str, owner: User, staff: User) -> None:
    api = Api(owner if who == "owner" else staff)
    columns = {field.attname: "approved" for field in Space._meta.concrete_fields}
    hostile = {
        **columns,
        **dict.fromkeys(("__class__", "__dict__", "__init__", "constructor", "__proto__", "_state", "pk"), "x"),
        "_id": str(uuid4()),
        "id": str(uuid4()),
        "isDeleted": True,
        "createdAt": "2000-01-01T00:00:00.000Z",
        "status": "approved",
        "owner": str(staff.pk),
        "owner_id": str(staff.pk),
        "approvedBy": str(staff.pk),
        "listDocument": "{}",
    }

    answer = api("POST", f"{BASE}/create", {**hostile, **BODY})

    assert answer.status_code == 201
    space = Space.objects.get()
    assert str(space.pk) not in (hostile["_id"], hostile["id"])
    assert (space.owner, space.deleted_at) == ((owner, None) if who == "owner" else (None, None))
    assert space.status == (SpaceStatus.PENDING if who == "owner" else SpaceStatus.APPROVED)
    assert space.created_at.year > 2000
    assert (space.name, space.city_key, space.state_code) == (BODY["name"], "mumbai", "27")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", ""),
        ("name", None),
        ("name", 5),
        ("name", ["x"]),
        ("name", "x" * 201),
        ("city", "Mum\u202ebai"),
        ("price", 4999),
        ("price", ""),
        ("price", None),
        ("price", "₹4,999/year"),
        ("price", "about ₹4,999"),
        ("gstPlanPrice", "₹-1/month"),
        ("gstPlanPrice", "₹99,99,99,999/month"),
        ("rating", 5.01),
        ("rating", "4.5"),
        ("rating", True),
        ("reviews", -1),
        ("reviews", 1.5),
        ("features", "WiFi"),
        ("features", [1]),
        ("features", ["x"] * 51),
        ("popular", "true"),
        ("popular", 1),
        ("coordinates", {"lat": 91, "lng": 0}),
        ("coordinates", {"lat": "19", "lng": 72}),
        ("coordinates", [19, 72]),
        ("image", "javascript:alert(1)"),
        ("image", "http://example.com/x.jpg"),
        ("image", "/uploads/../secret"),
        ("availability", "x" * 61),
        ("totalSeats", 0),
    ],
)
def test_create_with_a_wrong_value_names_its_field(staff: User, key: str, value: Any) -> None:
    fields = fields_of(Api(staff)("POST", f"{BASE}/create", {**BODY, key: value}))

    assert {field.split(".")[0] for field in fields} == {key}
    assert not Space.objects.exists()


@pytest.mark.parametrize("key", ["name", "address", "city", "area", "price", "originalPrice", "features"])
def test_create_needs_what_the_original_needs(staff: User, key: str) -> None:
    body = {name: value for name, value in BODY.items() if name != key}

    assert fields_of(Api(staff)("POST", f"{BASE}/create", body)) == [key]


def test_desk_type_is_one_of_the_documented_and_unknown_to_virtual_offices(staff: User) -> None:
    api, body = Api(staff), example_of("POST", "/api/coworkingSpace/create", 201)[0]

    assert fields_of(api("POST", "/api/coworkingSpace/create", {**body, "type": "Bean Bag"})) == ["type"]
    assert "type" not in api("POST", f"{BASE}/create", {**BODY, "type": "Bean Bag"}).json()["data"]


@pytest.mark.parametrize("text", ["₹4,999/month", "Rs. 4999", "INR 4,999.00 / month", "₹350/day", " ₹4,999 "])
def test_a_price_comes_back_as_it_was_sent(staff: User, text: str) -> None:
    answer = Api(staff)("POST", f"{BASE}/create", {**BODY, "price": text, "gstPlanPrice": text})

    assert (answer.json()["data"]["price"], answer.json()["data"]["gstPlanPrice"]) == (text, text)
    assert {plan.amount for plan in Plan.objects.filter(code__in=["standard", "gst"])} <= {4999, 350}


def test_update_can_drop_a_plan_clear_a_text_and_the_coordinates(staff: User) -> None:
    space = SpaceFactory(image_url="https://example.com/x.jpg", description="Long")
    body = {"gstPlanPrice": "", "mailingPlanPrice": None, "image": "", "description": "", "coordinates": None}

    data = Api(staff)("PUT", f"{BASE}/update/{space.pk}", body).json()["data"]

    assert not {"gstPlanPrice", "mailingPlanPrice", "coordinates"} & set(data)
    assert (data["image"], data["description"]) == ("", "")
    assert set(space.plans.values_list("code", flat=True)) == {"standard", "br"}


def test_update_of_half_the_coordinates_is_refused(staff: User) -> None:
    space = SpaceFactory()

    assert fields_of(Api(staff)("PUT", f"{BASE}/update/{space.pk}", {"coordinates": {"lat": 19}})) == ["coordinates"]


def test_update_with_everything_that_was_answered_changes_nothing(owner: User) -> None:
    space = SpaceFactory(owner=owner)
    shown = Api()("GET", f"{BASE}/getById/{space.pk}").json()["data"]

    answer = Api(owner)("PUT", f"{BASE}/update/{space.pk}", shown)

    assert answer.json()["data"] == shown
    assert not SpaceRevision.objects.exists()


def test_update_that_takes_booked_seats_is_409(staff: User, seats: Seats) -> None:
    space = SpaceFactory(total_seats=10)
    seats.peak[space.pk] = 7

    answer = Api(staff)("PUT", f"{BASE}/update/{space.pk}", {"totalSeats": 6})

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "SEATS_TAKEN"


def test_owner_s_change_waits_and_only_he_sees_it(owner: User) -> None:
    space = SpaceFactory(owner=owner)
    before = Api()("GET", f"{BASE}/getById/{space.pk}").json()["data"]

    answer = Api(owner)("PUT", f"{BASE}/update/{space.pk}", {"price": "₹5,499/month", "popular": True})

    assert answer.json()["data"] == {
        **before,
        "price": "₹5,499/month",
        "status": "pending",
        "plans": answer.json()["data"]["plans"],
    }
    assert Api(owner)("GET", f"{BASE}/getById/{space.pk}").json()["data"] == answer.json()["data"]
    assert Api()("GET", f"{BASE}/getById/{space.pk}").json()["data"] == before
    assert Api()("GET", f"{BASE}/getAll").json()["data"][0]["price"] == before["price"]


# Lists


def test_page_and_limit_cut_the_list_and_only_then_is_there_a_page(db: None) -> None:
    for _ in range(5):
        SpaceFactory()
    whole = Api()("GET", f"{BASE}/getAll")

    page = Api()("GET", f"{BASE}/getAll?page=2&limit=2")

    assert "pagination" not in whole.json()
    assert page.json()["data"] == whole.json()["data"][2:4]
    assert page.json()["pagination"] == {"total": 5, "page": 2, "pages": 3}
    assert page.headers["X-Total-Count"] == whole.headers["X-Total-Count"] == "5"


def test_list_without_a_page_stops_at_the_cap(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_ROWS", 3)
    monkeypatch.setattr("flashspace.dialects.views.paging.MOST_ROWS", 3)
    monkeypatch.setattr("listings.api.flashspace.MOST_ROWS", 3)
    for _ in range(5):
        SpaceFactory()

    answer = Api()("GET", f"{BASE}/getAll")

    assert len(answer.json()["data"]) == 3
    assert answer.headers["X-Total-Count"] == "5"
    assert Api()("GET", f"{BASE}/getAll?limit=4").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=1.5",
        "page=1e3",
        "page=",
        "page=one",
        "page=1000001",
        "page=99999999999999999999",
        "limit=0",
        "limit=501",
        "limit=%F0%9D%9F%99",
        "page=1&page=2",
        "limit=5&limit=6",
        "deleted=maybe",
        "deleted=",
        "deleted=true&deleted=false",
        "page=%00",
        "page=1%20OR%201=1",
    ],
)
@pytest.mark.parametrize("path", ["getAll", "getByCity/Mumbai"])
def test_hostile_query_values_are_400(staff: User, path: str, query: str) -> None:
    assert Api(staff)("GET", f"{BASE}/{path}?{query}").status_code == 400


@pytest.mark.parametrize("query", ["", "deleted=false", "page=1000000&limit=500", "unknown=1", "ordering=password"])
def test_harmless_query_values_are_200(staff: User, query: str) -> None:
    assert Api(staff)("GET", f"{BASE}/getAll?{query}").status_code == 200


@pytest.mark.parametrize("city", ["%25", "_", "..%2F", "a" * 3000, "%E0%A4%AE", "(a%2B)%2B%24", "%27%20OR%201%3D1"])
def test_hostile_cities_match_nothing(db: None, city: str) -> None:
    SpaceFactory()
    answer = Api()("GET", f"{BASE}/getByCity/{city}")

    assert answer.status_code in (200, 400, 404)
    assert not answer.json().get("data")


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_a_constant_number_of_queries(count: int, owner: User, staff: User) -> None:
    for _ in range(count):
        space = SpaceFactory(owner=owner, total_seats=2)
        update_space(space=space, values={"name": "New"}, actor=owner)
    binned = SpaceFactory(owner=owner)
    delete_space(space=binned, actor=owner)
    spent = {}
    for name, api, path in [
        ("public list", Api(), "getAll"),
        ("public city", Api(), "getByCity/Mumbai"),
        ("public page", Api(), "getAll?page=1&limit=1"),
        ("one", Api(), f"getById/{space.pk}"),
        ("owner's list", Api(owner), "getAll"),
        ("owner's one", Api(owner), f"getById/{space.pk}"),
        ("staff's list", Api(staff), "getAll"),
        ("owner's bin", Api(owner), "getAll?deleted=true"),
    ]:
        with CaptureQueriesContext(connection) as queries:
            assert api("GET", f"{BASE}/{path}").status_code == 200
        spent[name] = len(queries)

    # a list with its occupancy and its count is one statement; one more reads who is signed in
    assert spent == {
        "public list": 1,
        "public city": 1,
        "public page": 1,
        "one": 1,
        "owner's list": 2,
        "owner's one": 2,
        "staff's list": 2,
        "owner's bin": 2,
    }


def test_our_own_photo_may_be_the_picture(staff: User) -> None:
    space = SpaceFactory()

    data = Api(staff)("PUT", f"{BASE}/update/{space.pk}", {"image": "/uploads/0190163d-x.jpg"}).json()["data"]

    assert data["image"] == "/uploads/0190163d-x.jpg"
