from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from flashspace.base.errors import DomainError


class ReasonForm(BaseDialogForm):
    reason = forms.CharField(max_length=300, widget=UnfoldAdminTextareaWidget, help_text="The customer reads this")


def close_dialog(
    request: HttpRequest, url: str, *, success: str = "", refusal: DomainError | None = None
) -> HttpResponse:
    """Say what came of it on the page behind the dialog, which is loaded anew."""
    if refusal is None:
        messages.success(request, success)
    else:
        messages.error(request, refusal.message)
    return HttpResponse(headers={"HX-Redirect": url})
