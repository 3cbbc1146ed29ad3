from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from accounts.admin.pages import staff_of
from billing.models import SellerEntity
from billing.services.sellers import check_seller, save_seller
from flashspace.base.errors import Invalid
from flashspace.base.lookups import DeclaredLookups
from flashspace.base.states import all_states, get_state

STATES = sorted(
    ((state.code, state.label) for state in all_states().values() if not state.is_historical), key=lambda one: one[1]
)


class SellerForm(forms.ModelForm):
    state_code = forms.ChoiceField(label="State", choices=STATES, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = SellerEntity
        fields = (
            "legal_name",
            "address",
            "state_code",
            "gstin",
            "pan",
            "email",
            "phone",
            "invoice_prefix",
            "is_default",
            "is_active",
        )
        widgets = {"address": UnfoldAdminTextareaWidget(attrs={"rows": 4})}

    def clean_gstin(self) -> str:
        return str(self.cleaned_data["gstin"]).replace(" ", "").upper()

    def _get_validation_exclusions(self) -> set[str]:
        """A new default entity takes the place of the old one, so two of them are no fault of the form."""
        return {"is_default", *super()._get_validation_exclusions()}  # type: ignore[misc]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.warnings = check_seller(self.instance)
        except Invalid as refusal:
            self.add_error(refusal.field, refusal.message)


@admin.register(SellerEntity)
class SellerEntityAdmin(DeclaredLookups, ModelAdmin):
    empty = (
        "There is no seller yet, and without one nothing can be billed. Add who sells, with address and GSTIN as "
        "invoices print them."
    )
    form = SellerForm
    list_display = ("legal_name", "shown_state", "gstin", "invoice_prefix", "is_default", "is_active")
    list_filter = ("is_active", "is_default")
    search_fields = ("legal_name", "gstin", "invoice_prefix")
    ordering = ("-is_default", "state_code")
    fieldsets = (
        (None, {"fields": ("legal_name", "address", "state_code", ("gstin", "pan"), ("email", "phone"))}),
        ("Selling", {"fields": ("invoice_prefix", ("is_default", "is_active"))}),
    )

    @display(description="State", ordering="state_code")
    def shown_state(self, seller: SellerEntity) -> str:
        return get_state(seller.state_code).label

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: SellerEntity, form: Any, change: bool) -> None:
        save_seller(seller=obj, actor=staff_of(request))
        for warning in form.warnings:
            messages.warning(request, warning)
