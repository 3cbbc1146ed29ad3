"""The dialogs of a person's page."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from accounts.enums import Role
from accounts.models import User
from accounts.services import passwords
from flashspace.base.errors import Invalid
from flashspace.base.text import normalize_email


class DetailsForm(BaseDialogForm):
    full_name = forms.CharField(max_length=150, required=False, widget=UnfoldAdminTextInputWidget)
    role = forms.ChoiceField(choices=Role.choices, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = User.objects.get(pk=self.object_id)
        self.initial = {"full_name": user.full_name, "role": user.role}


class WhyForm(BaseDialogForm):
    reason = forms.CharField(max_length=500, widget=UnfoldAdminTextareaWidget, help_text="For the audit log.")


class LookForm(BaseDialogForm):
    reason = forms.CharField(
        max_length=500,
        widget=UnfoldAdminTextareaWidget,
        help_text="What they asked for, with the number of the ticket or the call. For the audit log.",
    )


class GroupsForm(BaseDialogForm):
    groups = forms.ModelMultipleChoiceField(
        Group.objects.all(), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )


class RightsForm(GroupsForm):
    is_staff = forms.BooleanField(label="Staff", required=False, widget=UnfoldBooleanSwitchWidget)
    is_superuser = forms.BooleanField(
        label="Superuser", required=False, widget=UnfoldBooleanSwitchWidget, help_text="May do everything."
    )
    field_order = ("is_staff", "is_superuser", "groups")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = User.objects.get(pk=self.object_id)
        self.initial = {"is_staff": user.is_staff, "is_superuser": user.is_superuser, "groups": user.groups.all()}


class ColleagueForm(GroupsForm):
    email = forms.EmailField(max_length=254, widget=UnfoldAdminEmailInputWidget)
    full_name = forms.CharField(max_length=150, widget=UnfoldAdminTextInputWidget)
    password = forms.CharField(
        max_length=128,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="At least 8 characters and hard to guess. Tell it to them another way than by mail.",
    )
    field_order = ("email", "full_name", "password", "groups")

    def clean_email(self) -> str:
        email = normalize_email(self.cleaned_data["email"])
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError("This address has an account. Give that one the rights of staff.")
        return email

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if "password" in given:
            user = User(email=given.get("email", ""), full_name=given.get("full_name", ""), is_staff=True)
            try:
                passwords.check_policy(given["password"], user=user, field="password")
            except Invalid as error:
                self.add_error("password", error.message)
        return given
