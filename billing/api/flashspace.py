"""flashspace, section 6.4: a person's invoices."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.api.permissions import EmailVerified, SignedIn
from accounts.api.requests import SignedInRequest
from billing.enums import DocumentKind, InvoiceStatus
from billing.models import Invoice, InvoiceLine
from billing.selectors import InvoiceSummary, get_invoice, get_invoice_by_link, list_invoices, summarize_invoices
from billing.services.links import PDF_LINK, invoice_pdf_url
from billing.services.papers import invoice_file_name, invoice_pdf, seller_of, verification_url
from billing.words import amount_in_words
from flashspace.base.errors import Unauthenticated
from flashspace.base.pdf.parties import Party
from flashspace.base.states import get_state
from flashspace.dialects import FLASHSPACE
from flashspace.dialects.fields import ChoiceField, DateField, IsoMillisField, NumberField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import CamelIn, CamelOut, Out
from flashspace.dialects.views import DialectViewSet, Permissions
from flashspace.dialects.wire import iso_millis


class InvoiceQuery(CamelIn):
    status = ChoiceField(
        choices=[InvoiceStatus.PAID.value, InvoiceStatus.PENDING.value, InvoiceStatus.OVERDUE.value], required=False
    )
    from_date = DateField(required=False)
    to_date = DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first, last = attrs.get("from_date"), attrs.get("to_date")
        if first and last and last < first:
            raise serializers.ValidationError({"toDate": "Must not be before fromDate."})
        return attrs


class SummaryOut(CamelOut):
    total_paid = NumberField()
    total_pending = NumberField(help_text="Overdue ones included")
    total_invoices = serializers.IntegerField()

    @staticmethod
    def row(obj: InvoiceSummary) -> dict[str, Any]:
        return {"totalPaid": obj.paid, "totalPending": obj.unpaid, "totalInvoices": obj.count}


class InvoiceOut(CamelOut):
    _id = serializers.UUIDField()
    invoice_number = serializers.CharField()
    booking_number = serializers.CharField(allow_blank=True)
    description = serializers.CharField()
    subtotal = NumberField()
    tax_rate = NumberField()
    tax_amount = NumberField()
    total = NumberField()
    currency = serializers.CharField()
    status = serializers.ChoiceField(choices=InvoiceStatus.choices)
    issued_at = IsoMillisField()
    due_date = IsoMillisField(allow_null=True)
    paid_at = IsoMillisField(allow_null=True)
    pdf_url = serializers.URLField(help_text="Opens the PDF for five minutes without a token")

    @staticmethod
    def row(obj: Invoice) -> dict[str, Any]:
        return {
            "_id": obj.pk,
            "invoiceNumber": obj.number,
            "bookingNumber": obj.source_number,
            "description": obj.description,
            "subtotal": obj.subtotal,
            "taxRate": obj.tax_rate,
            "taxAmount": obj.tax_amount,
            "total": obj.total,
            "currency": obj.currency,
            "status": obj.status,
            "issuedAt": iso_millis(obj.issued_at) if obj.issued_at else None,
            "dueDate": iso_millis(obj.due_at) if obj.due_at else None,
            "paidAt": iso_millis(obj.paid_at) if obj.paid_at else None,
            "pdfUrl": invoice_pdf_url(obj),
        }


class InvoicesOut(Out):
    summary = SummaryOut()
    invoices = InvoiceOut(many=True)


class LineOut(CamelOut):
    description = serializers.CharField()
    sac = serializers.CharField()
    quantity = serializers.IntegerField()
    rate = NumberField()
    amount = NumberField(help_text="Without tax")
    tax_rate = NumberField()
    cgst = NumberField()
    sgst = NumberField()
    igst = NumberField()
    total = NumberField()

    @staticmethod
    def row(obj: InvoiceLine) -> dict[str, Any]:
        return {
            "description": obj.description,
            "sac": obj.sac,
            "quantity": obj.quantity,
            "rate": obj.rate,
            "amount": obj.taxable,
            "taxRate": obj.tax_rate,
            "cgst": obj.cgst,
            "sgst": obj.sgst,
            "igst": obj.igst,
            "total": obj.total,
        }


class BillingAddressOut(CamelOut):
    name = serializers.CharField()
    company = serializers.CharField(allow_blank=True)
    gst_number = serializers.CharField(allow_blank=True)
    address = serializers.CharField(allow_blank=True)
    state = serializers.CharField(allow_blank=True)

    @staticmethod
    def row(obj: Invoice) -> dict[str, Any]:
        return {
            "name": obj.billing_name,
            "company": obj.billing_company,
            "gstNumber": obj.billing_gstin,
            "address": obj.billing_address,
            "state": get_state(obj.billing_state_code).name if obj.billing_state_code else "",
        }


class SellerOut(CamelOut):
    name = serializers.CharField()
    address = serializers.CharField()
    state = serializers.CharField()
    gst_number = serializers.CharField()
    pan = serializers.CharField(allow_blank=True)

    @staticmethod
    def row(obj: Party) -> dict[str, Any]:
        return {
            "name": obj.name,
            "address": ", ".join(obj.address),
            "state": get_state(obj.state).name,
            "gstNumber": obj.gstin,
            "pan": obj.pan,
        }


class WholeInvoiceOut(InvoiceOut):
    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    line_items = LineOut(many=True)
    cgst = NumberField()
    sgst = NumberField(help_text="UTGST where that is what it is")
    igst = NumberField()
    amount_in_words = serializers.CharField()
    place_of_supply = serializers.CharField()
    billing_address = BillingAddressOut()
    seller = SellerOut()
    verification_url = serializers.URLField()

    @staticmethod
    def row(obj: Invoice) -> dict[str, Any]:
        return {
            **InvoiceOut.row(obj),
            "kind": obj.kind,
            "lineItems": [LineOut.row(line) for line in obj.lines.all()],
            "cgst": obj.cgst,
            "sgst": obj.sgst,
            "igst": obj.igst,
            "amountInWords": amount_in_words(obj.total),
            "placeOfSupply": get_state(obj.place_of_supply).label,
            "billingAddress": BillingAddressOut.row(obj),
            "seller": SellerOut.row(seller_of(obj)),
            "verificationUrl": verification_url(obj),
        }


class HasInvoiceLink(BasePermission):
    """A link that was given out for this invoice just now, or a person who is signed in; the view asks whose it is."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.query_params.get("token")
        if token is None:
            return EmailVerified().has_permission(request, view)
        if not PDF_LINK.is_good(view.kwargs["id"], token):
            raise Unauthenticated("This link has ended; open the invoice again")
        return True


class InvoiceViewSet(DialectViewSet):
    tags = "User Dashboard"
    permission_classes = (SignedIn, EmailVerified)
    permissions: ClassVar[dict[str, Permissions]] = {"pdf": [HasInvoiceLink]}
    open_to_support = ("list", "retrieve")
    produces: ClassVar[dict[str, str]] = {"pdf": "application/pdf"}

    @operation(summary="Get All Invoices", query=InvoiceQuery, response={200: InvoicesOut}, paged=True)
    def list(self, request: SignedInRequest) -> HttpResponse:
        rows, page = self.page(list_invoices(user=request.user, **self.query(InvoiceQuery)))
        summary = SummaryOut(summarize_invoices(user=request.user)).data
        return self.reply({"summary": summary, "invoices": InvoiceOut(rows, many=True).data}, page=page)

    @operation(summary="Get Invoice By ID", response={200: WholeInvoiceOut}, errors=(404,))
    def retrieve(self, request: SignedInRequest, id: str) -> HttpResponse:
        return self.reply(WholeInvoiceOut(get_invoice(user=request.user, id=self.public_id(id))).data)

    @operation(summary="Download an invoice", response={200: None}, errors=(404,))
    def pdf(self, request: SignedInRequest, id: str) -> HttpResponse:
        found = self.public_id(id)
        by_link = "token" in request.query_params
        invoice = get_invoice_by_link(id=found) if by_link else get_invoice(user=request.user, id=found)
        answer = HttpResponse(invoice_pdf(invoice), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="{invoice_file_name(invoice)}"'
        answer["Cache-Control"] = "private, no-store"
        return answer


urlpatterns = routes(
    FLASHSPACE,
    [
        route("GET", "/api/user/invoices", InvoiceViewSet, "list"),
        route("GET", "/api/user/invoices/<str:id>", InvoiceViewSet, "retrieve"),
        route("GET", "/api/user/invoices/<str:id>/pdf", InvoiceViewSet, "pdf"),
    ],
)
