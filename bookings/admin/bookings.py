from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from accounts.admin.filters import DayRangeFilter
from accounts.admin.lists import FoundByTerm
from accounts.admin.notes import BUTTON, Noted
from accounts.admin.pages import LookedAt, ReasonForm, close_dialog, label, link_to, staff_of, when
from accounts.finding import Term
from accounts.phones import written_phone
from bookings.admin import customer_section  # noqa: F401  registers itself
from bookings.admin.colours import COLOURS
from bookings.admin.documents import in_lines
from bookings.admin.filters import PapersFilter
from bookings.admin.staying import SpaceCityFilter, StayingFilter
from bookings.admin.story import story_context
from bookings.enums import BOOKING_TRANSITIONS, BookingStatus, TenureUnit
from bookings.finding import bookings
from bookings.models import Booking
from bookings.services.cancellation import cancel_booking_by_staff
from bookings.services.documents import issue_documents
from bookings.services.pricing import last_day, tenure_words
from flashspace.base.errors import DomainError
from flashspace.base.money import format_rupees


@admin.register(Booking)
class BookingAdmin(Noted, FoundByTerm, LookedAt, ModelAdmin):
    empty = "Nobody has booked yet. A booking comes here when a customer books; for that a listing has to be approved."
    list_display = (
        "number",
        "shown_status",
        "shown_customer",
        "shown_space",
        "shown_plan",
        "shown_start",
        "shown_end",
        "shown_total",
    )
    list_filter = (
        "status",
        "kind",
        SpaceCityFilter,
        StayingFilter,
        PapersFilter,
        ("start_on", DayRangeFilter),
        ("created_at", DayRangeFilter),
    )
    list_filter_submit = True
    search_fields = ("number", "customer__email", "customer__phone", "customer_email", "customer_phone")
    search_help_text = "Number, or e-mail, phone, name or GSTIN of the customer"
    presets = (
        ("Waiting for payment", "status__exact=pending_payment"),
        ("Waiting for KYC", "status__exact=pending_kyc"),
        ("Active", "status__exact=active"),
        ("Without documents", "papers=missing"),
    )
    ordering = ("-created_at",)
    show_full_result_count = False
    actions_detail: ClassVar[list[str]] = [BUTTON, "issue_papers", "cancel"]
    change_form_outer_before_template = "bookings/admin/step.html"
    change_form_outer_after_template = "bookings/admin/story.html"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("shown_customer", "shown_space"),
                    ("kind", "shown_plan"),
                )
            },
        ),
        (
            "Time and price",
            {
                "fields": (
                    ("shown_start", "shown_end"),
                    ("shown_tenure", "shown_renewal"),
                    ("shown_price", "shown_total"),
                    ("quantity", "seats"),
                )
            },
        ),
        ("Contact", {"fields": (("shown_name", "shown_phone"), "shown_email")}),
        ("As it was booked", {"fields": (("shown_booked", "shown_snapshot"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Booking]":
        return super().get_queryset(request).select_related("customer__kyc", "space", "invoice")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Booking | None:
        """Read once a page: buttons and the story ask for the same one."""
        known: dict[str, Booking | None] = request.__dict__.setdefault("_bookings", {})
        if object_id not in known:
            known[object_id] = super().get_object(request, object_id, from_field)
        return known[object_id]

    def find(self, term: Term) -> Q:
        return bookings(term)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        booking = self.get_object(request, object_id)
        told = story_context(request, booking) if booking and self.has_view_permission(request, booking) else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only the buttons that would do something."""
        booking = self.get_object(request, str(object_id))
        if booking is None:
            return []
        pointless = set() if BookingStatus.CANCELLED in BOOKING_TRANSITIONS[booking.status] else {"cancel"}
        if booking.status != BookingStatus.ACTIVE:
            pointless.add("issue_papers")
        return [one for one in super().get_actions_detail(request, object_id) if one.path not in pointless]

    @display(description="Status", ordering="status")
    def shown_status(self, booking: Booking) -> str:
        return label(booking.get_status_display(), COLOURS.get(BookingStatus(booking.status), ""))

    @display(description="Customer", ordering="customer__email")
    def shown_customer(self, booking: Booking) -> str:
        return link_to(booking.customer, f"{booking.customer} ({booking.customer.email})")

    @display(description="Plan", ordering="plan_name")
    def shown_plan(self, booking: Booking) -> str:
        return booking.plan_name

    @display(description="Name")
    def shown_name(self, booking: Booking) -> str:
        return booking.customer_name

    @display(description="Phone")
    def shown_phone(self, booking: Booking) -> str:
        return written_phone(booking.customer_phone)

    @display(description="E-mail")
    def shown_email(self, booking: Booking) -> str:
        return booking.customer_email

    @display(description="Booked")
    def shown_booked(self, booking: Booking) -> str:
        return when(booking.created_at)

    @display(description="Starts", ordering="start_on")
    def shown_start(self, booking: Booking) -> str:
        return date_format(booking.start_on, "j M Y")

    @display(description="Renews by itself")
    def shown_renewal(self, booking: Booking) -> str:
        return "Yes" if booking.auto_renew else "No"

    @display(description="Space")
    def shown_space(self, booking: Booking) -> str:
        return link_to(booking.space, booking.snapshot["name"])

    @display(description="Ends", ordering="end_on")
    def shown_end(self, booking: Booking) -> str:
        return date_format(last_day(booking.end_on, booking.tenure_unit), "j M Y")

    @display(description="Tenure")
    def shown_tenure(self, booking: Booking) -> str:
        return tenure_words(booking.tenure, booking.tenure_unit)

    @display(description="Price of one")
    def shown_price(self, booking: Booking) -> str:
        period = "day" if booking.tenure_unit == TenureUnit.DAYS else "month"
        return f"{format_rupees(booking.unit_price)} a {period}, GST included"

    @display(description="Space as it was booked")
    def shown_snapshot(self, booking: Booking) -> str:
        was = booking.snapshot
        place = f"{was['city']} {was['pincode']}".strip()
        return in_lines(filter(None, (was["name"], was["address"], "" if was["pincode"] in was["address"] else place)))

    @display(description="Total", ordering="total_amount")
    def shown_total(self, booking: Booking) -> str:
        return format_rupees(booking.total_amount)

    @action(
        description="Cancel",
        icon="cancel",
        variant=ActionVariant.DANGER,
        permissions=["bookings.cancel_any_booking"],
        dialog={
            "title": "Cancel this booking?",
            "description": "Its seats are free again at once. Money that was paid stays until it is paid back.",
            "form_class": ReasonForm,
            "form_submit_text": "Cancel the booking",
        },
    )
    def cancel(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        url = change_url(object_id)
        try:
            booking = Booking.objects.get(pk=object_id)
            cancel_booking_by_staff(booking=booking, reason=form.cleaned_data["reason"], actor=staff_of(request))
        except DomainError as refusal:
            return close_dialog(request, url, refusal=refusal)
        return close_dialog(request, url, success=f"{booking.number} is cancelled")

    @action(
        description="Issue missing documents",
        icon="description",
        permissions=["bookings.issue_documents"],
        dialog={
            "title": "Issue the missing documents?",
            "description": "What is there stays as it is; only a missing agreement or NOC is made.",
            "form_class": BaseDialogForm,
            "form_submit_text": "Issue",
        },
    )
    def issue_papers(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        try:
            made = issue_documents(booking_id=UUID(object_id))
        except DomainError as refusal:
            return close_dialog(request, change_url(object_id), refusal=refusal)
        said = ", ".join(document.number for document in made)
        return close_dialog(
            request, change_url(object_id), success=f"Issued: {said}" if made else "Nothing was missing"
        )


def change_url(object_id: str) -> str:
    return reverse("admin:bookings_booking_change", args=[object_id])
