"""flashspace, sections 3 and 4: virtual offices and coworking spaces. One view class, made once for each kind."""

from typing import Any, ClassVar, NamedTuple

import orjson
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from accounts.api.permissions import SignedIn, Verified
from accounts.api.requests import SignedInRequest
from accounts.models import User
from flashspace.dialects import FLASHSPACE
from flashspace.dialects.fields import (
    BooleanField,
    ChoiceField,
    IntegerField,
    IsoMillisField,
    ListField,
    NumberField,
    TextField,
)
from flashspace.dialects.operations import operation
from flashspace.dialects.paging import MOST_ROWS
from flashspace.dialects.routing import Route, route, routes
from flashspace.dialects.serializers import CamelIn, CamelOut, In, Out
from flashspace.dialects.views import DialectViewSet, Permissions
from listings.api.fields import PictureUrlIn, PriceTextIn
from listings.api.permissions import Lister
from listings.changes import PlanChange
from listings.enums import DeskType, Period, PlanCode, SpaceKind, SpaceStatus
from listings.policies import is_catalogue_staff
from listings.selectors import (
    DocumentList,
    find_document,
    get_managed_space,
    list_deleted_documents,
    list_documents,
)
from listings.services.spaces import create_space, delete_space, restore_space, update_space

NO_PRICE: dict[str, Any] = {"required": False, "allow_null": True, "allow_blank": True}
PLAN_PRICES = {"gst_plan_price": PlanCode.GST, "mailing_plan_price": PlanCode.MAILING, "br_plan_price": PlanCode.BR}
MANAGE: Permissions = [SignedIn, Verified, Lister]


class CoordinatesIn(In):
    # Seventeen digits are as many as a JSON number can have.
    lat = NumberField(max_digits=20, decimal_places=17, min_value=-90, max_value=90)
    lng = NumberField(max_digits=20, decimal_places=17, min_value=-180, max_value=180)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) < 2:  # a partial update would let one of them through alone
            raise ValidationError("Both lat and lng are needed")
        return attrs


class OwnerListingIn(CamelIn):
    """What an owner may set. `rating`, `reviews` and `popular` are not looked at, whatever they are."""

    name = TextField(max_length=200)
    address = TextField(max_length=500)
    city = TextField(max_length=80)
    area = TextField(max_length=120)
    price = PriceTextIn()
    original_price = PriceTextIn(allow_null=True, allow_blank=True)
    gst_plan_price = PriceTextIn(**NO_PRICE)
    mailing_plan_price = PriceTextIn(**NO_PRICE)
    br_plan_price = PriceTextIn(**NO_PRICE)
    features = ListField(child=TextField(max_length=80))
    availability = TextField(max_length=60, required=False, allow_blank=True)
    coordinates = CoordinatesIn(required=False, allow_null=True)
    image = PictureUrlIn(required=False, allow_blank=True, source="image_url")
    description = TextField(multiline=True, required=False, allow_blank=True)
    total_seats = IntegerField(required=False, allow_null=True, min_value=1, max_value=100_000)


class ListingIn(OwnerListingIn):
    rating = NumberField(max_digits=3, min_value=0, max_value=5, required=False)
    reviews = IntegerField(min_value=0, required=False)
    popular = BooleanField(required=False, source="is_popular")


class DeskIn(CamelIn):
    type = ChoiceField(choices=DeskType.choices, required=False, source="desk_type")


class OwnerCoworkingIn(OwnerListingIn, DeskIn):
    pass


class CoworkingIn(ListingIn, DeskIn):
    pass


class ListQuery(In):
    deleted = BooleanField(required=False, default=False, help_text="The bin: one's own, for staff everybody's")


class DeleteQuery(In):
    restore = BooleanField(required=False, default=False, help_text="Take it out of the bin again")


class CoordinatesOut(Out):
    lat = serializers.FloatField()
    lng = serializers.FloatField()


class ListingRowOut(CamelOut):
    """A stored document, which is JSON already. What a listing does not have is left out."""

    _id = serializers.UUIDField()
    name = serializers.CharField()
    address = serializers.CharField()
    city = serializers.CharField()
    area = serializers.CharField()
    price = serializers.CharField(help_text="Of the standard plan, as it was sent")
    original_price = serializers.CharField(required=False)
    gst_plan_price = serializers.CharField(required=False)
    mailing_plan_price = serializers.CharField(required=False)
    br_plan_price = serializers.CharField(required=False)
    rating = serializers.FloatField()
    reviews = serializers.IntegerField()
    type = serializers.ChoiceField(choices=DeskType.choices, required=False)
    features = serializers.ListField(child=serializers.CharField())
    availability = serializers.CharField(help_text="`Fully Booked` when no seat is free today")
    popular = serializers.BooleanField()
    coordinates = CoordinatesOut(required=False)
    image = serializers.CharField()
    status = serializers.ChoiceField(choices=SpaceStatus.choices)
    is_deleted = serializers.BooleanField()
    created_at = IsoMillisField()
    updated_at = IsoMillisField()

    @staticmethod
    def row(obj: str) -> Any:
        return orjson.Fragment(obj)


class PlanOut(CamelOut):
    code = serializers.ChoiceField(choices=PlanCode.choices)
    name = serializers.CharField()
    amount = serializers.FloatField()
    currency = serializers.CharField()
    period = serializers.ChoiceField(choices=Period.choices)
    seats = serializers.IntegerField()
    price = serializers.CharField()


class ListingOut(ListingRowOut):
    kind = serializers.ChoiceField(choices=SpaceKind.choices)
    description = serializers.CharField()
    pincode = serializers.CharField()
    state_code = serializers.CharField()
    total_seats = serializers.IntegerField(allow_null=True)
    rejection_reason = serializers.CharField()
    images = serializers.ListField(child=serializers.CharField())
    plans = PlanOut(many=True)


class Change(NamedTuple):
    values: dict[str, Any]
    plans: dict[str, PlanChange | None]


def read_change(data: dict[str, Any]) -> Change:
    """The document's flat body as fields and plans."""
    values, plans = dict(data), dict[str, PlanChange | None]()
    if "coordinates" in values:
        place = values.pop("coordinates")
        values["latitude"] = float(place["lat"]) if place else None
        values["longitude"] = float(place["lng"]) if place else None
    standard: PlanChange = {}
    if "price" in values:
        standard["price_text"] = values.pop("price")
    if "original_price" in values:
        standard["original_price_text"] = values.pop("original_price") or ""
    if standard:
        plans[PlanCode.STANDARD] = standard
    for name, code in PLAN_PRICES.items():
        if name in values:
            text = values.pop(name)
            plans[code] = {"price_text": text} if text else None
    return Change(values, plans)


class ListingViewSet(DialectViewSet):
    """The six operations of one kind of listing."""

    kind: ClassVar[SpaceKind]
    noun: ClassVar[str]
    form: ClassVar[type[In]]
    owner_form: ClassVar[type[In]]
    permissions: ClassVar[dict[str, Permissions]] = {
        "list": [],
        "list_city": [],
        "retrieve": [],
        "create": MANAGE,
        "update": MANAGE,
        "destroy": MANAGE,
    }

    @operation(summary="Get All", query=ListQuery, response={200: [ListingRowOut]}, whole=True)
    def list(self, request: Request) -> HttpResponse:
        return self._reply_list(self._choose())

    @operation(summary="Get By City", query=ListQuery, response={200: [ListingRowOut]}, whole=True)
    def list_city(self, request: Request, city: str) -> HttpResponse:
        return self._reply_list(self._choose(city))

    @operation(summary="Get By ID", response={200: ListingOut})
    def retrieve(self, request: Request, id: str) -> HttpResponse:
        document = find_document(id=self.public_id(id), kind=self.kind, reader=request.user)
        return self.reply(ListingOut.row(document))

    @operation(summary="Create", request=ListingIn, response={201: ListingOut})
    def create(self, request: SignedInRequest) -> HttpResponse:
        values, plans = self._read_change(request.user)
        space = create_space(kind=self.kind, values=values, plans=plans, actor=request.user)
        document = find_document(id=space.pk, kind=self.kind, reader=request.user)
        return self.reply(ListingOut.row(document), message=f"{self.noun} created successfully", status=201)

    @operation(summary="Update", request=ListingIn, response={200: ListingOut}, partial=True)
    def update(self, request: SignedInRequest, id: str) -> HttpResponse:
        space = get_managed_space(id=self.public_id(id), kind=self.kind, actor=request.user)
        values, plans = self._read_change(request.user, partial=True)
        update_space(space=space, values=values, plans=plans, actor=request.user)
        document = find_document(id=space.pk, kind=self.kind, reader=request.user)
        return self.reply(ListingOut.row(document), message=f"{self.noun} updated successfully")

    @operation(summary="Delete", query=DeleteQuery, response={200: None})
    def destroy(self, request: SignedInRequest, id: str) -> HttpResponse:
        restores = self.query(DeleteQuery)["restore"]
        space = get_managed_space(id=self.public_id(id), kind=self.kind, actor=request.user, is_deleted=restores)
        if restores:
            restore_space(space=space, actor=request.user)
            return self.reply(message=f"{self.noun} restored successfully")
        delete_space(space=space, actor=request.user)
        return self.reply(message=f"{self.noun} deleted successfully")

    def _read_change(self, actor: User, *, partial: bool = False) -> Change:
        form = self.form if is_catalogue_staff(actor) else self.owner_form
        return read_change(self.read(form, partial=partial))

    def _choose(self, city: str | None = None) -> DocumentList:
        choose = list_deleted_documents if self.query(ListQuery)["deleted"] else list_documents
        return choose(kind=self.kind, reader=self.request.user, city=city)

    def _reply_list(self, listing: DocumentList) -> HttpResponse:
        documents, page = self.page(listing, whole=True)
        is_all = page is None and len(documents) < MOST_ROWS
        total = page.total if page else len(documents) if is_all else len(listing)
        rows = [ListingRowOut.row(document) for document in documents]
        return self.reply(rows, page=page, headers={"X-Total-Count": str(total)})


class VirtualOfficeViewSet(ListingViewSet):
    tags = "Virtual Office"
    kind = SpaceKind.VIRTUAL_OFFICE
    noun = "Virtual office"
    form, owner_form = ListingIn, OwnerListingIn


class CoworkingSpaceViewSet(ListingViewSet):
    tags = "Coworking Space"
    kind = SpaceKind.COWORKING
    noun = "Coworking space"
    form, owner_form = CoworkingIn, OwnerCoworkingIn

    @operation(summary="Create", request=CoworkingIn, response={201: ListingOut})
    def create(self, request: SignedInRequest) -> HttpResponse:
        return super().create(request)

    @operation(summary="Update", request=CoworkingIn, response={200: ListingOut}, partial=True)
    def update(self, request: SignedInRequest, id: str) -> HttpResponse:
        return super().update(request, id)


def _routes(base: str, view: type[ListingViewSet]) -> list[Route]:
    return [
        route("POST", f"{base}/create", view, "create"),
        route("GET", f"{base}/getAll", view, "list"),
        route("GET", f"{base}/getByCity/<str:city>", view, "list_city"),
        route("GET", f"{base}/getById/<str:id>", view, "retrieve"),
        route("PUT", f"{base}/update/<str:id>", view, "update"),
        route("DELETE", f"{base}/delete/<str:id>", view, "destroy"),
    ]


urlpatterns = routes(
    FLASHSPACE,
    [
        *_routes("/api/virtualOffice", VirtualOfficeViewSet),
        *_routes("/api/coworkingSpace", CoworkingSpaceViewSet),
    ],
)
