from typing import Any

import pytest
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import QueryDict
from rest_framework.exceptions import ErrorDetail, ValidationError

from flashspace.dialects import serializers
from flashspace.dialects.fields import CamelIn, CamelOut, In, IntegerField, ListField, NumberField, Out, TextField
from flashspace.dialects.hygiene import Malformed


class PointIn(In):
    lat = NumberField()
    lng = NumberField()


class ListingIn(CamelIn):
    full_name = TextField()
    seat_count = IntegerField(required=False, min_value=1)
    features = ListField(child=TextField(), required=False)
    coordinates = PointIn(required=False)

    def validate_full_name(self, value: str) -> str:
        if value == "root":
            raise DjangoValidationError("Is reserved", code="reserved")
        if value == "admin":
            raise ValidationError("Is taken", code="taken")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("seat_count") == 13:
            raise ValidationError({"seatCount": ["Is unlucky"]})
        return attrs


class ListingOut(CamelOut):
    full_name = TextField()

    @staticmethod
    def row(obj: str) -> dict[str, Any]:
        return {"fullName": obj}


def test_names_are_camel_case_outside_and_snake_case_inside() -> None:
    assert ListingIn.parse({"fullName": "A", "seatCount": 2, "unknown": 1}) == {"full_name": "A", "seat_count": 2}


def test_snake_case_is_no_name_on_the_wire() -> None:
    with pytest.raises(ValidationError):
        ListingIn.parse({"full_name": "A"})


def test_faults_carry_the_names_of_the_wire() -> None:
    with pytest.raises(ValidationError) as caught:
        ListingIn.parse({"seatCount": 0, "features": ["a", 5], "coordinates": {"lat": "x"}})

    assert caught.value.detail == {
        "fullName": [ErrorDetail("This field is required.", "required")],
        "seatCount": [ErrorDetail("Ensure this value is greater than or equal to 1.", "min_value")],
        "features": {1: [ErrorDetail("Not a valid string.", "invalid")]},
        "coordinates": {
            "lat": [ErrorDetail("A valid number is required.", "invalid")],
            "lng": [ErrorDetail("This field is required.", "required")],
        },
    }


def test_own_checks_run() -> None:
    with pytest.raises(ValidationError) as one:
        ListingIn.parse({"fullName": "admin"})
    with pytest.raises(ValidationError) as all_together:
        ListingIn.parse({"fullName": "A", "seatCount": 13})

    with pytest.raises(ValidationError) as djangos:
        ListingIn.parse({"fullName": "root"})

    assert djangos.value.detail == {"fullName": [ErrorDetail("Is reserved", "reserved")]}
    assert one.value.detail == {"fullName": [ErrorDetail("Is taken", "taken")]}
    assert all_together.value.detail == {"seatCount": [ErrorDetail("Is unlucky", "invalid")]}


def test_partial_asks_for_nothing() -> None:
    assert ListingIn.parse({}, partial=True) == {}
    assert ListingIn.parse({"coordinates": {"lat": 1}}, partial=True) == {"coordinates": {"lat": 1}}


@pytest.mark.parametrize("body", [[], "x", 5, True])
def test_body_that_is_no_object_is_refused(body: Any) -> None:
    with pytest.raises(ValidationError):
        ListingIn.parse(body)


def test_null_body_is_refused() -> None:
    with pytest.raises(ValidationError):
        ListingIn.parse(None)


def test_form_gives_lists_by_repeating_and_nothing_else_twice() -> None:
    form = QueryDict("fullName=A&seatCount=2&features=a&features=b")

    assert ListingIn.parse(form) == {"full_name": "A", "seat_count": 2, "features": ["a", "b"]}
    with pytest.raises(Malformed, match="seatCount is given more than once"):
        ListingIn.parse(QueryDict("fullName=A&seatCount=1&seatCount=2"))


def test_form_of_a_class_does_not_loosen_its_json() -> None:
    ListingIn.parse(QueryDict("fullName=A&seatCount=2"))

    with pytest.raises(ValidationError):
        ListingIn.parse({"fullName": "A", "seatCount": "2"})


def test_fields_are_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ListingIn.parse({"fullName": "A"})
    monkeypatch.setattr(serializers.CamelNames, "get_fields", lambda self: pytest.fail("fields were built again"))

    assert ListingIn.parse({"fullName": "B"}) == {"full_name": "B"}
    assert ListingOut(["A"], many=True).data == [{"fullName": "A"}]


def test_declared_name_is_known_by_its_wire_name() -> None:
    assert ListingIn.wire_name("seat_count") == "seatCount"
    assert ListingIn.wire_name("something_else") == "something_else"


def test_out_shows_its_row() -> None:
    assert ListingOut("A").data == {"fullName": "A"}
    assert ListingOut(["A", "B"], many=True).data == [{"fullName": "A"}, {"fullName": "B"}]


def test_mapping_is_a_row_already() -> None:
    class PlainOut(Out):
        name = TextField()

    assert PlainOut({"name": "x"}).data == {"name": "x"}
