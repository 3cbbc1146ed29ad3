"""The dialogs of the buttons that decide. Approving is about what the dialog shows, and nothing newer."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from unfold.forms import BaseDialogForm

from accounts.admin.decisions import PickReasonForm
from listings.admin.comparison import difference_context
from listings.documents import price_text
from listings.models import Space, SpaceRevision


class SeenForm(BaseDialogForm):
    """Carries the version that was shown, so that nobody approves what he has not seen."""

    seen_at = forms.CharField(max_length=40, widget=forms.HiddenInput)
    model: type[Space] | type[SpaceRevision]

    def __init__(self, request: HttpRequest, object_id: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, object_id, *args, **kwargs)
        self.row: Any = self.model.objects.filter(pk=object_id).first()
        if self.row is not None:
            self.initial["seen_at"] = self.row.updated_at.isoformat()

    def clean_seen_at(self) -> datetime:
        try:
            seen_at = parse_datetime(self.cleaned_data["seen_at"])
        except ValueError:
            seen_at = None
        if seen_at is None or seen_at.tzinfo is None:
            raise forms.ValidationError("Please open the dialog again")
        return seen_at


class RejectSpaceForm(PickReasonForm):
    reasons = (
        "The address cannot be found. Please check it, and the pincode.",
        "The photos do not show the place, or carry somebody's telephone number.",
        "The price cannot be right. Please check the amount and the period.",
        "The description promises what we do not sell. Please keep to the space and its plans.",
        "The same place is listed already.",
    )


class ApproveSpaceForm(SeenForm):
    form_before_template = "listings/admin/summary.html"
    model = Space

    def get_before_template_context(self, request: HttpRequest, object_id: Any = None) -> dict[str, Any]:
        space: Space | None = self.row
        if space is None:
            return {}
        prices = ", ".join(f"{plan.name} {price_text(plan)}" for plan in space.plans.all())
        values = {"Name": space.name, "Address": space.address, "City": space.city, "Prices": prices}
        return {"summary": values.items()}


class ApproveRevisionForm(SeenForm):
    form_before_template = "listings/admin/differences.html"
    model = SpaceRevision

    def get_before_template_context(self, request: HttpRequest, object_id: Any = None) -> dict[str, Any]:
        revision: SpaceRevision | None = self.row
        return {} if revision is None else difference_context(revision)
