"""flashspace, sections 6.1 and 6.2: the dashboard and a person's bookings."""

from typing import Any, ClassVar

import orjson
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.permissions import EmailVerified, SignedIn
from bookings.api.links import HasDocumentLink
from bookings.api.personal import PersonalViewSet
from bookings.api.words import FLASHSPACE_TYPE, KIND_OF_TYPE, KYC_WORDS, MONTHS, percentages, shown_end
from bookings.enums import BookingStatus, DocumentKind, TenureUnit, TimelineStatus
from bookings.models import Booking, BookingDocument, TimelineEntry
from bookings.selectors import (
    BookingLine,
    BookingLines,
    Dashboard,
    days_remaining,
    get_booking,
    get_dashboard,
    get_document,
    get_story,
)
from bookings.services.documents import read_document
from bookings.services.links import document_url
from bookings.services.renewal import set_auto_renew
from flashspace.base.clock import india_date, today
from flashspace.dialects import FLASHSPACE
from flashspace.dialects.fields import BooleanField, BusinessDateField, ChoiceField, NumberField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import CamelIn, CamelOut, In, Out
from flashspace.dialects.views import Permissions
from flashspace.dialects.wire import business_date, iso_millis


class ActivityOut(Out):
    type = serializers.ChoiceField(choices=["booking"])
    message = serializers.CharField()
    date = serializers.DateTimeField()


class UsageOut(CamelOut):
    virtual_office = serializers.IntegerField()
    coworking_space = serializers.IntegerField()
    coliving = serializers.IntegerField()
    rental = serializers.IntegerField()


class MonthOut(Out):
    month = serializers.CharField()
    count = serializers.IntegerField()


class DashboardOut(CamelOut):
    active_services = serializers.IntegerField()
    pending_invoices = NumberField(help_text="Rupees unpaid")
    next_booking_date = BusinessDateField(allow_null=True)
    kyc_status = serializers.ChoiceField(choices=sorted(KYC_WORDS.values()))
    recent_activity = ActivityOut(many=True)
    usage_breakdown = UsageOut(help_text="Percent of the active bookings")
    monthly_bookings = MonthOut(many=True, help_text="The last six months, oldest first")

    @staticmethod
    def row(obj: Dashboard) -> dict[str, Any]:
        virtual_office, coworking, coliving, rental = percentages(list(obj.active_by_kind.values()))
        return {
            "activeServices": obj.active,
            "pendingInvoices": obj.unpaid,
            "nextBookingDate": business_date(obj.next_start_on) if obj.next_start_on else None,
            "kycStatus": KYC_WORDS[obj.kyc_status],
            "recentActivity": [
                {"type": "booking", "message": f"{one.space_name} - {one.status}", "date": iso_millis(one.at)}
                for one in obj.activity
            ],
            "usageBreakdown": {
                "virtualOffice": virtual_office,
                "coworkingSpace": coworking,
                "coliving": coliving,
                "rental": rental,
            },
            "monthlyBookings": [{"month": MONTHS[one.first_on.month - 1], "count": one.count} for one in obj.months],
        }


class BookingQuery(In):
    type = ChoiceField(choices=sorted(KIND_OF_TYPE), required=False)
    status = ChoiceField(choices=BookingStatus.values, required=False)


class CoordinatesOut(Out):
    lat = serializers.FloatField()
    lng = serializers.FloatField()


class SnapshotOut(CamelOut):
    """As `take_snapshot` wrote it when the space was booked."""

    _id = serializers.UUIDField()
    name = serializers.CharField()
    address = serializers.CharField()
    city = serializers.CharField()
    area = serializers.CharField(allow_blank=True)
    pincode = serializers.CharField(allow_blank=True)
    state_code = serializers.CharField()
    image = serializers.CharField(allow_blank=True)
    coordinates = CoordinatesOut(allow_null=True)


class PlanOut(CamelOut):
    name = serializers.CharField()
    price = NumberField(help_text="Of the whole tenure")
    tenure = serializers.IntegerField()
    tenure_unit = serializers.ChoiceField(choices=TenureUnit.choices)


class BookingOut(CamelOut):
    _id = serializers.UUIDField()
    booking_number = serializers.CharField()
    type = serializers.ChoiceField(choices=sorted(KIND_OF_TYPE))
    status = serializers.ChoiceField(choices=BookingStatus.choices)
    space_snapshot = SnapshotOut()
    plan = PlanOut()
    start_date = BusinessDateField()
    end_date = BusinessDateField()
    days_remaining = serializers.IntegerField()
    created_at = serializers.DateTimeField()

    @staticmethod
    def row(obj: Booking | BookingLine) -> dict[str, Any]:
        return {
            "_id": obj.pk,
            "bookingNumber": obj.number,
            "type": FLASHSPACE_TYPE[obj.kind],
            "status": obj.status,
            "spaceSnapshot": orjson.Fragment(obj.snapshot) if isinstance(obj.snapshot, str) else obj.snapshot,
            "plan": {
                "name": obj.plan_name,
                "price": obj.total_amount,
                "tenure": obj.tenure,
                "tenureUnit": obj.tenure_unit,
            },
            "startDate": business_date(obj.start_on),
            "endDate": business_date(shown_end(obj.end_on, obj.tenure_unit)),
            "daysRemaining": days_remaining(obj.status, obj.end_on, today()),
            "createdAt": iso_millis(obj.created_at),
        }


class TimelineOut(Out):
    status = serializers.ChoiceField(choices=TimelineStatus.choices)
    date = serializers.DateField()
    note = serializers.CharField()

    @staticmethod
    def row(obj: TimelineEntry) -> dict[str, Any]:
        return {"status": obj.status, "date": india_date(obj.at), "note": obj.note}


class DocumentOut(Out):
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=DocumentKind.choices)
    url = serializers.CharField(help_text="Opens the PDF for five minutes")

    @staticmethod
    def row(obj: BookingDocument) -> dict[str, Any]:
        return {"name": obj.get_kind_display(), "type": obj.kind, "url": document_url(obj.booking_id, obj.kind)}


class StoryOut(BookingOut):
    timeline = TimelineOut(many=True)
    documents = DocumentOut(many=True)
    auto_renew = serializers.BooleanField()

    @staticmethod
    def row(obj: Booking) -> dict[str, Any]:  # type: ignore[override]  # a story is of the whole booking
        return {
            **BookingOut.row(obj),
            "timeline": [TimelineOut.row(entry) for entry in obj.timeline.all()],
            "documents": [DocumentOut.row(document) for document in obj.documents.all()],
            "autoRenew": obj.auto_renew,
        }


class AutoRenewIn(CamelIn):
    auto_renew = BooleanField()


class DashboardViewSet(PersonalViewSet):
    tags = "User Dashboard"
    permission_classes = (SignedIn, EmailVerified)
    open_to_support = ("show",)

    @operation(summary="Get Dashboard Overview", response={200: DashboardOut})
    def show(self, request: Request) -> HttpResponse:
        return self.reply(DashboardOut(get_dashboard(user=self.person)).data)


class BookingViewSet(PersonalViewSet):
    tags = "User Dashboard"
    permission_classes = (SignedIn, EmailVerified)
    permissions: ClassVar[dict[str, Permissions]] = {"document": [HasDocumentLink]}
    open_to_support = ("list", "retrieve")
    produces: ClassVar[dict[str, str]] = {"document": "application/pdf"}

    @operation(summary="Get All Bookings", query=BookingQuery, response={200: [BookingOut]}, paged=True)
    def list(self, request: Request) -> HttpResponse:
        asked = self.query(BookingQuery)
        kind = KIND_OF_TYPE.get(asked.get("type", ""))
        rows, page = self.page(BookingLines(user=self.person, kind=kind, status=asked.get("status")))
        return self.reply(BookingOut(rows, many=True).data, page=page)

    @operation(summary="Get Booking By ID", response={200: StoryOut}, errors=(404,))
    def retrieve(self, request: Request, id: str) -> HttpResponse:
        return self.reply(StoryOut(get_story(user=self.person, id=self.public_id(id))).data)

    @operation(summary="Toggle Auto-Renew", request=AutoRenewIn, response={200: None}, errors=(404, 409))
    def auto_renew(self, request: Request, id: str) -> HttpResponse:
        auto_renew = self.read(AutoRenewIn)["auto_renew"]
        booking = get_booking(user=self.person, id=self.public_id(id))
        set_auto_renew(booking=booking, auto_renew=auto_renew, actor=self.person)
        return self.reply(message=f"Auto-renewal {'enabled' if auto_renew else 'disabled'}")

    @operation(summary="Download a document of a booking", response={200: None}, errors=(410,))
    def document(self, request: Request, id: str, kind: str) -> HttpResponse:
        owner = None if "token" in request.query_params else self.person
        document = get_document(owner=owner, booking_id=self.public_id(id), kind=kind)
        answer = HttpResponse(read_document(document), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="{kind}-{document.booking.number}.pdf"'
        answer["Cache-Control"] = "no-store"
        return answer


urlpatterns = routes(
    FLASHSPACE,
    [
        route("GET", "/api/user/dashboard", DashboardViewSet, "show"),
        route("GET", "/api/user/bookings", BookingViewSet, "list"),
        route("GET", "/api/user/bookings/<str:id>", BookingViewSet, "retrieve"),
        route("PATCH", "/api/user/bookings/<str:id>/auto-renew", BookingViewSet, "auto_renew"),
        route("GET", "/api/user/bookings/<str:id>/documents/<str:kind>", BookingViewSet, "document"),
    ],
)
