from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from flashspace.base.models import BaseModel


class SellerEntity(BaseModel):
    """A registration of the platform in one state: who stands as the seller on an invoice."""

    legal_name = models.CharField(max_length=200)
    address = models.CharField(max_length=500)
    state_code = models.CharField(max_length=2, help_text="GST state code")
    gstin = models.CharField("GSTIN", max_length=15, unique=True)
    pan = models.CharField("PAN", max_length=10, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    invoice_prefix = models.CharField(
        max_length=3,
        unique=True,
        validators=[RegexValidator(r"^[A-Z0-9]{3}$", "Three capital letters or digits")],
        help_text="Begins its invoice numbers: INV-2026-0042",
    )
    is_default = models.BooleanField(default=False, help_text="Sells where no entity is registered")
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "seller entities"
        ordering = ["-is_default", "state_code"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="seller_one_default"),
            models.UniqueConstraint(fields=["state_code"], condition=Q(is_active=True), name="seller_one_per_state"),
        ]

    def __str__(self) -> str:
        return f"{self.legal_name} ({self.state_code})"


class NumberSeries(models.Model):
    """A gapless counter. Its row is locked last, so a number that is taken is a number that is used or rolled back."""

    name = models.CharField(max_length=40, primary_key=True, help_text="INV-2026, FS-2026 …")
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "number series"

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"
