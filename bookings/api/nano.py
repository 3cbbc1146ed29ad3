"""nano: making a booking and looking after one's own."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.idempotency import idempotent
from accounts.api.permissions import SignedIn, Verified
from billing.models import Invoice
from bookings.api.personal import PersonalViewSet
from bookings.api.words import NANO_STATUS, shown_end
from bookings.enums import BookingStatus, TenureUnit
from bookings.models import Booking
from bookings.selectors import get_booking, list_bookings
from bookings.services.booking import Wish, create_booking
from bookings.services.cancellation import cancel_booking
from flashspace.dialects import NANO
from flashspace.dialects.fields import ChoiceField, DateField, EmailField, IntegerField, NumberField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import In, Out
from flashspace.dialects.views import Permissions
from listings.enums import PlanCode

STATUSES = sorted(set(NANO_STATUS.values()))


class BookingIn(In):
    """`plan` and `booking_type` are two names of one thing. A `total_amount` is compared, never believed."""

    property_id = TextField()
    plan = ChoiceField(choices=PlanCode.values, required=False, allow_null=True)
    booking_type = ChoiceField(choices=PlanCode.values, required=False, allow_null=True)
    quantity = IntegerField(required=False, default=1)
    start_date = DateField(required=False, allow_null=True)
    end_date = DateField(required=False, allow_null=True)
    tenure = IntegerField(required=False, allow_null=True, help_text="Months")
    total_amount = NumberField(required=False, allow_null=True, max_digits=20)
    notes = TextField(multiline=True, max_length=2000, required=False, allow_blank=True, allow_null=True)
    customer_name = TextField(max_length=200, required=False, allow_blank=True, allow_null=True)
    customer_email = EmailField(required=False, allow_blank=True, allow_null=True)
    customer_phone = TextField(max_length=32, required=False, allow_blank=True, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        plan, same = attrs.get("plan"), attrs.pop("booking_type", None)
        if not (plan or same):
            raise serializers.ValidationError({"plan": "This field is required."}, code="required")
        if plan and same and plan != same:
            raise serializers.ValidationError({"booking_type": "Must be the plan, or left out."})
        return {**attrs, "plan": plan or same}


class BookingOut(Out):
    id = serializers.UUIDField()
    booking_number = serializers.CharField()
    customer_id = serializers.UUIDField()
    property_id = serializers.UUIDField()
    property_name = serializers.CharField()
    booking_type = serializers.ChoiceField(choices=PlanCode.choices)
    plan = serializers.CharField()
    quantity = serializers.IntegerField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    tenure = serializers.IntegerField()
    tenure_unit = serializers.ChoiceField(choices=TenureUnit.choices)
    total_amount = NumberField()
    status = serializers.ChoiceField(choices=STATUSES)
    hold_expires_at = serializers.DateTimeField(allow_null=True)
    customer_name = serializers.CharField()
    customer_email = serializers.CharField()
    customer_phone = serializers.CharField()
    notes = serializers.CharField()
    created_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)

    @staticmethod
    def row(obj: Booking) -> dict[str, Any]:
        is_held = obj.status == BookingStatus.PENDING_PAYMENT
        return {
            "id": obj.pk,
            "booking_number": obj.number,
            "customer_id": obj.customer_id,
            "property_id": obj.space_id,
            "property_name": obj.snapshot["name"],
            "booking_type": obj.plan_code,
            "plan": obj.plan_name,
            "quantity": obj.quantity,
            "start_date": obj.start_on,
            "end_date": shown_end(obj.end_on, obj.tenure_unit),
            "tenure": obj.tenure,
            "tenure_unit": obj.tenure_unit,
            "total_amount": obj.total_amount,
            "status": NANO_STATUS[obj.status],
            "hold_expires_at": obj.hold_expires_at if is_held else None,
            "customer_name": obj.customer_name,
            "customer_email": obj.customer_email,
            "customer_phone": obj.customer_phone,
            "notes": obj.notes,
            "created_at": obj.created_at,
            "confirmed_at": obj.confirmed_at,
            "cancelled_at": obj.cancelled_at,
        }


class InvoiceOut(Out):
    id = serializers.UUIDField()
    invoice_number = serializers.CharField()
    description = serializers.CharField()
    subtotal = NumberField()
    tax_amount = NumberField()
    total = NumberField()
    currency = serializers.CharField()
    status = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)

    @staticmethod
    def row(obj: Invoice) -> dict[str, Any]:
        return {
            "id": obj.pk,
            "invoice_number": obj.number,
            "description": obj.description,
            "subtotal": obj.subtotal,
            "tax_amount": obj.tax_amount,
            "total": obj.total,
            "currency": obj.currency,
            "status": obj.status,
            "due_at": obj.due_at,
        }


class OneBookingOut(Out):
    booking = BookingOut()


class NewBookingOut(OneBookingOut):
    invoice = InvoiceOut()


class BookingsOut(Out):
    bookings = BookingOut(many=True)


class BookingViewSet(PersonalViewSet):
    tags = "Bookings"
    permissions: ClassVar[dict[str, Permissions]] = {"create": [SignedIn, Verified]}

    @operation(summary="Create booking", request=BookingIn, response={201: NewBookingOut}, errors=(403, 404, 409))
    @idempotent
    def create(self, request: Request) -> HttpResponse:
        data = self.read(BookingIn)
        booking = create_booking(wish=read_wish(data, self.public_id(data["property_id"])), actor=self.person)
        body = {"booking": BookingOut(booking).data, "invoice": InvoiceOut(booking.invoice).data}
        return self.reply(body, message="Booking created successfully", status=201)

    @operation(summary="Get user's bookings", response={200: BookingsOut}, whole=True)
    def mine(self, request: Request) -> HttpResponse:
        rows, page = self.page(list_bookings(user=self.person), whole=True)
        return self.reply({"bookings": BookingOut(rows, many=True).data}, page=page)

    @operation(summary="Get single booking", response={200: OneBookingOut}, errors=(404,))
    def retrieve(self, request: Request, id: str) -> HttpResponse:
        booking = get_booking(user=self.person, id=self.public_id(id))
        return self.reply({"booking": BookingOut(booking).data})

    @operation(summary="Cancel booking", response={200: OneBookingOut}, errors=(404, 409))
    def cancel(self, request: Request, id: str) -> HttpResponse:
        booking = get_booking(user=self.person, id=self.public_id(id))
        cancelled = cancel_booking(booking=booking, actor=self.person)
        return self.reply({"booking": BookingOut(cancelled).data}, message="Booking cancelled successfully")


def read_wish(data: dict[str, Any], space_id: UUID) -> Wish:
    return Wish(
        space_id=space_id,
        plan_code=data["plan"],
        start_on=data.get("start_date"),
        end_date=data.get("end_date"),
        tenure=data.get("tenure"),
        quantity=data["quantity"],
        total_amount=data.get("total_amount"),
        customer_name=data.get("customer_name") or "",
        customer_email=data.get("customer_email") or "",
        customer_phone=data.get("customer_phone") or "",
        notes=data.get("notes") or "",
    )


urlpatterns = routes(
    NANO,
    [
        route("POST", "/api/bookings", BookingViewSet, "create"),
        route("GET", "/api/bookings/my-bookings", BookingViewSet, "mine"),
        route("GET", "/api/bookings/<str:id>", BookingViewSet, "retrieve"),
        route("PUT", "/api/bookings/<str:id>/cancel", BookingViewSet, "cancel"),
    ],
)
