"""Sections 3 and 4 of the flashspace document, example by example."""

from typing import Any

import pytest

from accounts.models import User
from listings.models import Space
from tests.contract.shapes import assert_documented, example_of
from tests.listings.conftest import Api

pytestmark = pytest.mark.usefixtures("no_limits")

KINDS = [
    pytest.param("/api/virtualOffice", ":virtualOfficeId", "Mumbai", id="virtualOffice"),
    pytest.param("/api/coworkingSpace", ":coworkingSpaceId", "Bangalore", id="coworkingSpace"),
]


def create(api: Api, base: str, **changes: Any) -> dict[str, Any]:
    request, example = example_of("POST", f"{base}/create", 201)
    answer = api("POST", f"{base}/create", {**request, **changes})
    assert answer.status_code == 201, answer.content
    assert answer.json()["message"] == example["message"]
    assert_documented(answer.json(), {**example, "data": {**request, "_id": "id"}})
    data: dict[str, Any] = answer.json()["data"]
    return data


@pytest.mark.parametrize(("base", "parameter", "city"), KINDS)
def test_create_answers_what_was_sent(staff: User, base: str, parameter: str, city: str) -> None:
    request, _ = example_of("POST", f"{base}/create", 201)

    data = create(Api(staff), base)

    assert {key: data[key] for key in request} == request
    space = Space.objects.get()
    assert (data["_id"], data["status"]) == (str(space.pk), "approved")
    assert {key: data[key] for key in set(data) - set(request)} == {
        "_id": str(space.pk),
        "status": "approved",
        "isDeleted": False,
        "createdAt": data["createdAt"],
        "updatedAt": data["updatedAt"],
        "kind": "virtual_office" if base == "/api/virtualOffice" else "coworking",
        "description": "",
        "pincode": space.pincode,
        "stateCode": "27",
        "totalSeats": None,
        "rejectionReason": "",
        "images": [],
        "plans": data["plans"],
    }
    assert [plan["code"] for plan in data["plans"]] == ["standard", "gst", "mailing", "br"]


@pytest.mark.parametrize(("base", "parameter", "city"), KINDS)
def test_get_all(staff: User, base: str, parameter: str, city: str) -> None:
    made = create(Api(staff), base)

    answer = Api()("GET", f"{base}/getAll")

    assert answer.status_code == 200
    assert answer.headers["X-Total-Count"] == "1"
    assert_documented(answer.json(), example_of("GET", f"{base}/getAll")[1])
    assert set(answer.json()) == {"success", "data"}
    row = answer.json()["data"][0]
    assert row == {key: made[key] for key in row}


@pytest.mark.parametrize(("base", "parameter", "city"), KINDS)
def test_get_by_city(staff: User, base: str, parameter: str, city: str) -> None:
    made = create(Api(staff), base, city=city)
    create(Api(staff), base, city="Pune")

    answer = Api()("GET", f"{base}/getByCity/{city.upper()}")

    assert answer.status_code == 200
    assert_documented(answer.json(), example_of("GET", f"{base}/getAll")[1])
    assert [row["_id"] for row in answer.json()["data"]] == [made["_id"]]
    assert Api()("GET", f"{base}/getByCity/Nowhere").json() == {"success": True, "data": []}


@pytest.mark.parametrize(("base", "parameter", "city"), KINDS)
def test_get_by_id(staff: User, base: str, parameter: str, city: str) -> None:
    made = create(Api(staff), base)

    answer = Api()("GET", f"{base}/getById/{made['_id']}")

    assert answer.status_code == 200
    assert answer.json() == {"success": True, "data": made}


@pytest.mark.parametrize(("base", "parameter", "city"), KINDS)
def test_update_changes_what_was_sent_and_nothing_else(staff: User, base: str, parameter: str, city: str) -> None:
    made = create(Api(staff), base)
    request, example = example_of("PUT", f"{base}/update/{parameter}")

    answer = Api(staff)("PUT", f"{base}/update/{made['_id']}", request)

    assert answer.status_code == 200
    assert_documented(answer.json(), {**example, "data": request})
    assert answer.json()["message"] == example["message"]
    data = answer.json()["data"]
    assert data == {**made, **request, "updatedAt": data["updatedAt"], "plans": data["plans"]}
    assert data["plans"][0]["price"] == request["price"]


@pytest.mark.parametrize(("base", "parameter", "city"), KINDS)
def test_delete_and_restore(staff: User, base: str, parameter: str, city: str) -> None:
    made = create(Api(staff), base)
    path = f"{base}/delete/{made['_id']}"

    answer = Api(staff)("DELETE", path)

    assert answer.status_code == 200
    assert answer.json() == example_of("DELETE", f"{base}/delete/{parameter}")[1]
    assert Api()("GET", f"{base}/getById/{made['_id']}").status_code == 404
    assert Api()("GET", f"{base}/getAll").json()["data"] == []
    binned = Api(staff)("GET", f"{base}/getAll?deleted=true").json()["data"]
    assert [(row["_id"], row["isDeleted"]) for row in binned] == [(made["_id"], True)]

    restored = Api(staff)("DELETE", f"{path}?restore=true")

    assert restored.status_code == 200
    assert restored.json()["message"].endswith("restored successfully")
    back = Api()("GET", f"{base}/getById/{made['_id']}").json()["data"]
    assert back == {**made, "updatedAt": back["updatedAt"]}
