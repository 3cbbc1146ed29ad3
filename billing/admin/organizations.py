"""On an organization's page: the button that gives it a package. Only billing writes what one allows."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from accounts.admin.organizations import OrganizationAdmin
from accounts.admin.pages import close_dialog, page_of, staff_of
from accounts.enums import PackageCode
from accounts.models import Organization
from billing.packages import PACKAGES, find_package
from billing.services.packages import set_package
from flashspace.base.clock import add_months, start_of, today
from flashspace.base.errors import DomainError

MOST_MONTHS = 120


class PackageForm(BaseDialogForm):
    package = forms.ChoiceField(
        choices=[(one.code.value, f"{one.name}: {one.user_limit} people, {one.role_limit} roles") for one in PACKAGES],
        widget=UnfoldAdminSelectWidget,
    )
    last_on = forms.DateField(
        required=False,
        label="Last day",
        input_formats=["%Y-%m-%d"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        help_text="In India. For good where it is empty; then it is Freemium again.",
    )
    reason = forms.CharField(
        max_length=500, widget=UnfoldAdminTextareaWidget, help_text="For the audit log, the organization's own too."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Organization.objects.filter(pk=self.object_id).first()
        self.initial["package"] = found.package_code if found else PackageCode.FREEMIUM

    def clean_last_on(self) -> date | None:
        last_on: date | None = self.cleaned_data["last_on"]
        if last_on and last_on > add_months(today(), MOST_MONTHS):
            raise forms.ValidationError("Ten years from today at most; leave it empty for good.")
        return last_on


admin.site.unregister(Organization)


@admin.register(Organization)
class PackagedOrganizationAdmin(OrganizationAdmin):
    actions_detail: ClassVar[list[str]] = ["give_package"]

    @action(
        description="Set package",
        icon="deployed_code",
        variant=ActionVariant.PRIMARY,
        permissions=["accounts.set_package"],
        dialog={
            "title": "Which package shall this organization have?",
            "description": "At once, and without a payment. People and roles beyond its limits stay.",
            "form_class": PackageForm,
            "form_submit_text": "Set it",
        },
    )
    def give_package(self, request: HttpRequest, form: PackageForm, object_id: str) -> HttpResponse:
        organization = get_object_or_404(Organization, pk=object_id)
        given = form.cleaned_data
        package, last_on = find_package(given["package"]), given["last_on"]
        try:
            changed = set_package(
                organization=organization,
                package=package,
                expires_at=start_of(last_on + timedelta(days=1)) if last_on else None,
                actor=staff_of(request),
                reason=given["reason"],
            )
        except DomainError as refusal:
            return close_dialog(request, page_of(organization), refusal=refusal)
        said = f"{organization} has {package.name} now" if changed else f"{organization} had {package.name} already"
        return close_dialog(request, page_of(organization), success=said)
