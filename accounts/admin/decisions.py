"""One way to declare a button that decides, and one way to carry the decision out."""

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.timesince import timesince
from unfold.dataclasses import ActionDialog
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.admin.pages import ReasonForm, close_dialog, page_of, staff_of
from flashspace.base.clock import now
from flashspace.base.errors import DomainError


class Look(NamedTuple):
    """How a kind of button looks everywhere. `key` is what casework.js knows it by."""

    key: str
    text: str
    icon: str
    variant: ActionVariant


APPROVE = Look("approve", "Approve", "check_circle", ActionVariant.SUCCESS)
ASK_AGAIN = Look("ask_again", "Ask again", "replay", ActionVariant.WARNING)
REJECT = Look("reject", "Reject", "block", ActionVariant.DANGER)


def decision(
    look: Look, *, permissions: list[str], title: str, explains: str = "", form: type[BaseDialogForm] = BaseDialogForm
) -> Callable[[Callable[..., HttpResponse]], Any]:
    """A button with a dialog that says what will happen. Below it stands `(self, request, form, object_id)`."""
    dialog: ActionDialog = {
        "title": title,
        "description": explains,
        "form_class": form,
        "form_submit_text": look.text,
    }
    return action(
        description=look.text,
        icon=look.icon,
        variant=look.variant,
        permissions=permissions,
        attrs={"data-decision": look.key},
        dialog=dialog,
    )


class PickReasonForm(ReasonForm):
    """Common reasons to pick from; what is picked stands in the reason and can be changed there."""

    reasons: ClassVar[tuple[str, ...]] = ()
    picked = forms.ChoiceField(label="Common reasons", required=False, widget=UnfoldAdminSelectWidget)
    field_order = ("picked", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        picked, reason = self.fields["picked"], self.fields["reason"]
        picked.choices = [("", "Pick one, or write your own"), *((one, one) for one in self.reasons)]
        picked.widget.attrs["data-fills"] = "reason"
        reason.required = False  # a picked one is enough where no script fills it in
        reason.widget.attrs |= {"rows": 3}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        given["reason"] = given.get("reason", "").strip() or given.get("picked", "")
        if not given["reason"] and "reason" not in self.errors:
            self.add_error("reason", "This field is required.")
        return given


def carry_out(
    request: HttpRequest,
    obj: Model,
    service: Callable[..., object],
    *,
    said: str | Callable[[Any], str],
    then: Callable[[], str] | None = None,
    refused: Callable[[DomainError], str] | None = None,
    **values: Any,
) -> HttpResponse:
    """Run a service as whoever pressed the button, say what came of it, and go `then` (or back to the row's page).

    `said` may look at what the service returned, `refused` may say more of a refusal than the service does.
    """
    try:
        done = service(actor=staff_of(request), **values)
    except DomainError as refusal:
        if refused is None:
            return close_dialog(request, page_of(obj), refusal=refusal)
        messages.error(request, refused(refusal))
        return HttpResponse(headers={"HX-Redirect": page_of(obj)})
    success = said if isinstance(said, str) else said(done)
    return close_dialog(request, then() if then else page_of(obj), success=success)


def who_decided(model: type[Model], pk: UUID) -> str:
    """Whom a decision came too late for; empty where nobody has decided. The rows have `decided_at`, `decided_by`."""
    row: Any = model._default_manager.select_related("decided_by").filter(pk=pk, decided_at__isnull=False).first()  # noqa: SLF001
    if row is None:
        return ""
    who, ago = row.decided_by or "Somebody who left", timesince(row.decided_at, now(), depth=1)
    return f"{who} decided first, {ago} ago: {row.get_status_display().lower()}. Your decision was not saved."
