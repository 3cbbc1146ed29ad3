from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from billing.enums import DocumentKind, InvoiceStatus
from billing.models.sellers import SellerEntity
from flashspace.base.models import BaseModel


def rupees(verbose_name: str | None = None, **options: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(verbose_name, max_digits=12, decimal_places=2, **options)


def sums(total: str, *parts: str) -> Q:
    """`total` is the sum of `parts`, to a tenth of a paisa: SQLite keeps decimals as floating numbers."""
    whole = sum((F(part) for part in parts[1:]), F(parts[0]))
    hair = Decimal("0.001")
    return Q(**{f"{total}__gt": whole - hair, f"{total}__lt": whole + hair})


class Invoice(BaseModel):
    """What a customer owes for one thing, with its tax as it stood on the day. `source_*` say what thing, no more.

    Seller and buyer are copied onto it, because an invoice keeps saying what it said.
    """

    number = models.CharField(max_length=16, null=True, blank=True, unique=True)
    kind = models.CharField(max_length=16, choices=DocumentKind, default=DocumentKind.TAX_INVOICE)
    status = models.CharField(max_length=12, choices=InvoiceStatus, default=InvoiceStatus.DRAFT)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="invoices")
    source_type = models.CharField(max_length=24)
    source_id = models.UUIDField()
    source_number = models.CharField(max_length=24, blank=True, help_text="Number of the booking it bills")
    description = models.CharField(max_length=300)
    seller = models.ForeignKey(SellerEntity, models.PROTECT, related_name="invoices")
    seller_details = models.JSONField(default=dict, help_text="Name, address, state and GSTIN as printed")
    billing_name = models.CharField(max_length=200)
    billing_company = models.CharField(max_length=200, blank=True)
    billing_gstin = models.CharField("billing GSTIN", max_length=15, blank=True)
    billing_address = models.CharField(max_length=500, blank=True)
    billing_state_code = models.CharField(max_length=2, blank=True)
    billing_email = models.CharField(max_length=254, blank=True)
    place_of_supply = models.CharField(max_length=2, help_text="GST state code")
    currency = models.CharField(max_length=3, default="INR")
    subtotal = rupees(help_text="Taxable value")
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    cgst = rupees("CGST", default=0)
    sgst = rupees("SGST", default=0, help_text="UTGST where the place of supply has no legislature")
    igst = rupees("IGST", default=0)
    tax_amount = rupees()
    total = rupees()
    issued_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    content_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what was issued")
    verification_code = models.CharField(max_length=43, unique=True, help_text="Opens the public verification page")

    class Meta:
        ordering = ["-created_at"]
        permissions = [("view_revenue", "Can view what the platform earned")]
        indexes = [
            models.Index(fields=["customer", "-created_at"], name="invoice_customer_newest"),
            models.Index(fields=["source_type", "source_id"], name="invoice_source"),
            models.Index(fields=["due_at"], condition=Q(status="pending"), name="invoice_due"),
            models.Index(fields=["-created_at"], name="invoice_newest"),
            models.Index(fields=["status", "-created_at"], name="invoice_status_newest"),
            # the desk sums up what was paid from the index alone
            models.Index(fields=["paid_at", "subtotal", "tax_amount"], name="invoice_paid", condition=Q(status="paid")),
            models.Index(fields=["source_number"], name="invoice_source_number", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["billing_gstin"], name="invoice_gstin", opclasses=["varchar_pattern_ops"]),
        ]
        constraints = [
            models.CheckConstraint(condition=sums("total", "subtotal", "tax_amount"), name="invoice_total_sums"),
            models.CheckConstraint(condition=sums("tax_amount", "cgst", "sgst", "igst"), name="invoice_tax_sums"),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(number__isnull=False), name="invoice_issued_has_number"
            ),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(paid_at__isnull=False), name="invoice_paid_has_time"
            ),
            models.CheckConstraint(condition=Q(total__gte=0), name="invoice_not_negative"),
            models.UniqueConstraint(
                fields=["source_type", "source_id"],
                condition=Q(status__in=["draft", "pending", "overdue"]),
                name="invoice_one_open_per_source",
            ),
        ]

    def __str__(self) -> str:
        return self.number or "Draft"


class InvoiceLine(models.Model):
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=300)
    sac = models.CharField("SAC", max_length=8)
    rule_id = models.CharField("tax rule", max_length=16, help_text="The row of the tax table that was applied")
    quantity = models.PositiveIntegerField(default=1)
    rate = rupees(help_text="Taxable value of one")
    taxable = rupees()
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2)
    cgst = rupees("CGST", default=0)
    sgst = rupees("SGST", default=0)
    igst = rupees("IGST", default=0)
    total = rupees()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position"),
            models.CheckConstraint(
                condition=sums("total", "taxable", "cgst", "sgst", "igst"), name="invoice_line_sums"
            ),
        ]

    def __str__(self) -> str:
        return self.description
