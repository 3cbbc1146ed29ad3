"""The list that rento and nano both document: rento's envelope, nano's filters and paging, the keys of both.

A property shows whom to ask for it, so only people who proved who they are see the list.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers

from accounts.api.cookie import RentoViewSet
from accounts.api.permissions import SignedIn, Verified
from accounts.api.requests import SignedInRequest
from flashspace.base.clock import now
from flashspace.dialects import NANO, RENTO
from flashspace.dialects.base import Reply
from flashspace.dialects.fields import ChoiceField, IsoMillisField, NumberField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.paging import MOST_ROWS
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import CamelOut, In, Out
from flashspace.dialects.views import Permissions
from listings.enums import HomeSize, PlanCode, SpaceKind, SpaceStatus
from listings.models import Space
from listings.selectors.properties import free_seats, list_pictures, list_properties, monthly_price

SPELLINGS = {"virtualoffice": SpaceKind.VIRTUAL_OFFICE.value}
STATUSES = [SpaceStatus.PENDING.value, SpaceStatus.APPROVED.value, SpaceStatus.REJECTED.value]
NO_FILTER: dict[str, Any] = {"required": False, "allow_blank": True}


class PropertyQuery(In):
    type = ChoiceField(choices=[*SpaceKind.values, *SPELLINGS], source="kind", **NO_FILTER)
    city = TextField(max_length=80, help_text="In any of its spellings", **NO_FILTER)
    status = ChoiceField(choices=STATUSES, help_text="Only what is approved is public", **NO_FILTER)

    def validate_kind(self, word: str) -> str:
        return SPELLINGS.get(word, word)


class RentalOut(CamelOut):
    """rento's keys."""

    _id = serializers.UUIDField()
    address = serializers.CharField()
    size = serializers.ChoiceField(choices=HomeSize.choices, allow_null=True, help_text="null of what is no rental")
    rent = NumberField(allow_null=True, help_text="The standard price for a month")
    listed_by = serializers.CharField(help_text="The owner's id; empty: the platform's own")
    available = serializers.BooleanField(help_text="Whether a seat is free today")
    photo = serializers.ListField(child=serializers.CharField())
    contact = serializers.CharField(help_text="The owner's phone; empty where there is none")
    created_at = IsoMillisField()

    @staticmethod
    def row(obj: Space) -> dict[str, Any]:
        return {
            "_id": obj.pk,
            "address": obj.address,
            "size": obj.home_size or None,
            "rent": monthly_price(obj, PlanCode.STANDARD, PlanCode.MONTH),
            "listedBy": str(obj.owner_id or ""),
            "available": free_seats(obj) != 0,
            "photo": list_pictures(obj),
            "contact": (obj.owner.phone_typed or obj.owner.phone) if obj.owner else "",
            "createdAt": obj.created_at,
        }


class PropertyOut(Out):
    """nano's keys."""

    id = serializers.UUIDField()
    owner_id = serializers.UUIDField(allow_null=True, help_text="null: the platform's own")
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=SpaceKind.choices)
    description = serializers.CharField()
    city = serializers.CharField()
    area = serializers.CharField()
    address = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    price_per_seat = NumberField(allow_null=True)
    price_per_cabin = NumberField(allow_null=True)
    price_per_month = NumberField(allow_null=True)
    price_per_day = NumberField(allow_null=True)
    amenities = serializers.ListField(child=serializers.CharField())
    images = serializers.ListField(child=serializers.CharField())
    total_seats = serializers.IntegerField(allow_null=True, help_text="null: no limit")
    available_seats = serializers.IntegerField(allow_null=True, help_text="Free today; null: no limit")
    status = serializers.ChoiceField(choices=STATUSES)
    rejection_reason = serializers.CharField(allow_null=True)
    submitted_at = IsoMillisField(allow_null=True)
    approved_at = IsoMillisField(allow_null=True)
    rejected_at = IsoMillisField(allow_null=True)
    created_at = IsoMillisField()
    updated_at = IsoMillisField()

    @staticmethod
    def row(obj: Space) -> dict[str, Any]:
        prices = {plan.code: plan.amount for plan in obj.plans.all()}
        return {
            "id": obj.pk,
            "owner_id": obj.owner_id,
            "name": obj.name,
            "type": obj.kind,
            "description": obj.description,
            "city": obj.city,
            "area": obj.area,
            "address": obj.address,
            "latitude": obj.latitude,
            "longitude": obj.longitude,
            "price_per_seat": prices.get(PlanCode.SEAT),
            "price_per_cabin": prices.get(PlanCode.CABIN),
            "price_per_month": monthly_price(obj, PlanCode.MONTH, PlanCode.STANDARD),
            "price_per_day": prices.get(PlanCode.DAY),
            "amenities": obj.features,
            "images": list_pictures(obj),
            "total_seats": obj.total_seats,
            "available_seats": free_seats(obj),
            "status": obj.status,
            "rejection_reason": obj.rejection_reason or None,
            "submitted_at": obj.submitted_at,
            "approved_at": obj.approved_at,
            "rejected_at": obj.rejected_at,
            "created_at": obj.created_at,
            "updated_at": obj.updated_at,
        }


class ListedOut(Out):
    """A property with the keys of both."""

    def get_fields(self) -> dict[str, Any]:
        return {**RentalOut().get_fields(), **PropertyOut().get_fields()}

    @staticmethod
    def row(obj: Space) -> dict[str, Any]:
        return {**RentalOut.row(obj), **PropertyOut.row(obj)}


class PropertiesOut(Out):
    properties = ListedOut(many=True)
    total = serializers.IntegerField(help_text="Counted up to 10,000")
    page = serializers.IntegerField()
    per_page = serializers.IntegerField()
    pages = serializers.IntegerField()


class CountedOut(PropertiesOut):
    count = serializers.IntegerField(help_text="Of the properties in this answer")


class AnswerOut(PropertiesOut):
    """nano's keys at the top, rento's envelope around them."""

    success = serializers.BooleanField()
    data = CountedOut()  # type: ignore[assignment]  # a declared field, which DRF takes out of the class
    timestamp = IsoMillisField()


class PropertyViewSet(RentoViewSet):
    tags = "Properties"
    permissions: ClassVar[Mapping[str, Permissions]] = {"list": [SignedIn, Verified]}

    @operation(
        summary="Get all properties",
        description="Every public listing, for people with a verified address or phone. Refused in rento's words.",
        query=PropertyQuery,
        response={200: AnswerOut},
        flat=True,
        paged=True,
        whole=True,
    )
    def list(self, request: SignedInRequest) -> HttpResponse:
        asked = list_properties(**self.query(PropertyQuery))
        spaces, page = self.page(asked, default=MOST_ROWS, largest=MOST_ROWS)
        body = {"properties": [ListedOut.row(space) for space in spaces]}
        return self.reply(
            {"count": len(spaces), **body},
            message="All properties retrieved successfully",
            page=page,
            flat=NANO.wrap(Reply(body, page=page), now()),
        )


LIST = route("GET", "/api/properties", PropertyViewSet, "list")
urlpatterns = [*routes(RENTO, [LIST]), *routes(NANO, [LIST])]
