from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.admin.lists import FoundByTerm
from accounts.admin.pages import LookedAt, link_to
from accounts.finding import Term
from bookings.exceptions import DocumentDamaged
from bookings.finding import documents
from bookings.models import BookingDocument
from bookings.services.documents import read_document
from bookings.services.papers import verification_url


@admin.register(BookingDocument)
class BookingDocumentAdmin(FoundByTerm, LookedAt, ModelAdmin):
    empty = (
        "No agreement or NOC was issued yet. Both are made when a booking becomes active; what is missing is issued "
        "on its page."
    )
    list_display = ("number", "kind", "shown_booking", "holder", "issued_at", "shown_file")
    list_filter = ("kind", "issued_at")
    list_select_related = ("booking__customer",)
    search_fields = ("number", "holder", "booking__number", "booking__customer__email")
    search_help_text = "Number of it or of its booking, the holder, or the customer"
    presets = (("Agreements", "kind__exact=agreement"), ("NOCs", "kind__exact=noc"))
    ordering = ("-issued_at",)
    show_full_result_count = False
    fields: ClassVar[tuple[str, ...]] = (
        "number",
        "kind",
        "shown_booking",
        "shown_customer",
        "holder",
        "issued_at",
        "shown_file",
        "shown_verification",
        "sha256",
        "content_hash",
    )
    readonly_fields = fields

    def find(self, term: Term) -> Q:
        return documents(term)

    @display(description="Customer")
    def shown_customer(self, document: BookingDocument) -> str:
        return link_to(document.booking.customer)

    @display(description="Booking")
    def shown_booking(self, document: BookingDocument) -> str:
        return link_to(document.booking)

    @display(description="File")
    def shown_file(self, document: BookingDocument) -> str:
        return format_html('<a class="underline" href="{}">Open the PDF</a>', file_url(document))

    @display(description="Public page")
    def shown_verification(self, document: BookingDocument) -> str:
        url = verification_url(document.verification_code)
        return format_html('<a class="underline" href="{}">{}</a>', url, url)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.open_file)
        return [path("<uuid:object_id>/file", view, name="bookings_bookingdocument_file"), *super().get_urls()]

    def open_file(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        document = get_object_or_404(BookingDocument, pk=object_id)
        if not self.has_view_permission(request, document):
            raise PermissionDenied
        try:
            answer = HttpResponse(read_document(document), content_type="application/pdf")
        except DocumentDamaged as damaged:
            messages.error(request, damaged.message)
            return HttpResponseRedirect(reverse("admin:bookings_bookingdocument_change", args=[document.pk]))
        answer.headers["Content-Disposition"] = f'inline; filename="{document.number}.pdf"'
        return answer


def file_url(document: BookingDocument) -> str:
    return reverse("admin:bookings_bookingdocument_file", args=[document.pk])


def in_lines(parts: Iterable[str]) -> str:
    return format_html_join(mark_safe("<br>"), "{}", ((part,) for part in parts)) or "–"
