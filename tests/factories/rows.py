"""A row of any model, with rows of its own for all it points to: what a list could ask for once a row."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.db import models

from flashspace.base.ciphertext import CiphertextField
from flashspace.base.clock import now, today
from flashspace.base.crypto import encrypt

NUMBERS = count(1)
# What a model's constraints ask for beyond the types of its fields.
PARTICULAR: Mapping[str, Mapping[str, Any]] = {
    "billing.invoice": {
        "subtotal": 1,
        "tax_amount": 0,
        "total": 1,
        "status": "draft",
        "billing_name": "Anshu Prasad",
        "place_of_supply": "27",
        "seller_details": lambda: {"name": "FlashSpace", "gstin": "27AAPFU0939F1ZV"},
    },
    "billing.sellerentity": {
        "is_default": False,
        "is_active": False,
        "state_code": "27",
        "invoice_prefix": lambda: f"{next(NUMBERS):03X}"[-3:],
    },
    "bookings.booking": {"end_on": lambda: today() + timedelta(days=30), "status": "pending_payment"},
    "bookings.bookingdocument": {"kind": "noc"},
    "accounts.user": {"email_verified_at": now, "full_name": "Anshu Prasad"},
    "accounts.staffnote": {"target_type": "accounts.user", "target_id": lambda: str(uuid4())},
    "accounts.auditentry": {"target_type": "accounts.user", "target_id": lambda: str(uuid4())},
    "accounts.mail": {"attachments": list},
    "accounts.kycprofile": {"status": "pending", "submitted_at": now},
}
SNAPSHOT = {"name": "Premium Virtual Office", "address": "Andheri", "city": "Mumbai", "pincode": "400069"}


def make_row(model: type[models.Model], *, depth: int = 3, **given: Any) -> Any:
    """Saved in one insert, past the services: for what is counted, not for what is right."""
    values = {field.name: _value(field, depth) for field in model._meta.concrete_fields if _is_asked(field, depth)}
    particular = PARTICULAR.get(model._meta.label_lower, {})
    values |= {name: value() if callable(value) else value for name, value in particular.items()}
    row = model(**{**values, **given})
    model._base_manager.bulk_create([row])
    return row


def _is_asked(field: Any, depth: int) -> bool:
    if field.primary_key:
        return not isinstance(field, models.AutoField | models.UUIDField)
    if field.is_relation:
        return not field.null or depth > 0
    # A condition of a constraint is rarely met by leaving a time empty, and often broken by filling it in.
    return not field.null and (not field.has_default() or field.unique)


def _value(field: Any, depth: int) -> Any:
    if field.is_relation:
        parent = field.related_model
        is_person = parent is get_user_model()
        return make_row(parent, depth=0 if is_person else depth - 1)
    if field.choices:
        return field.choices[0][0]
    return _plain(field)


def _plain(field: Any) -> Any:
    if isinstance(field, CiphertextField):
        return encrypt(f"row {next(NUMBERS)}")
    if isinstance(field, models.JSONField):
        return dict(SNAPSHOT)
    if isinstance(field, models.DateTimeField):
        return now()
    if isinstance(field, models.DateField):
        return today()
    if isinstance(field, models.UUIDField):
        return uuid4()
    if isinstance(field, models.DecimalField):
        return Decimal(1)
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.IntegerField | models.FloatField):
        return next(NUMBERS) if field.unique or field.primary_key else 1
    return _text(field)


def _text(field: Any) -> str:
    if isinstance(field, models.EmailField):
        return f"person-{next(NUMBERS)}@rows.example.com"
    return f"{uuid4().hex}"[: field.max_length or 32]
