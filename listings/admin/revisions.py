"""Owners' changes of approved listings: the queue, the difference, and the two buttons."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from accounts.admin.filters import DayRangeFilter
from accounts.admin.pages import LookedAt, ReasonForm, close_dialog, label, link_to, page_of, staff_of
from flashspace.base.errors import DomainError
from listings.admin.dialogs import ApproveRevisionForm, difference_context
from listings.differences import list_differences
from listings.enums import RevisionStatus
from listings.models import SpaceRevision
from listings.policies import REVIEW, can_decide_revision
from listings.services.reviews import approve_revision, reject_revision

COLOURS = {
    RevisionStatus.PENDING: "warning",
    RevisionStatus.APPROVED: "success",
    RevisionStatus.REJECTED: "danger",
}
WAITING_FIRST = Case(When(status=RevisionStatus.PENDING, then=Value(0)), default=Value(1)).asc()


def shown_status(revision: SpaceRevision) -> str:
    return label(revision.get_status_display(), COLOURS[RevisionStatus(revision.status)])


@admin.register(SpaceRevision)
class SpaceRevisionAdmin(LookedAt, ModelAdmin):
    list_display = ("shown_space", "shown_what", "shown_status", "proposed_by", "updated_at")
    list_display_links = ("shown_space",)
    list_filter = ("status", "space__kind", ("created_at", DayRangeFilter))
    list_filter_submit = True
    list_select_related = ("space", "proposed_by")
    list_per_page = 50
    search_fields = ("space__name", "space__owner__email")
    show_full_result_count = False
    actions_detail: ClassVar[list[str]] = ["approve", "reject"]
    change_form_outer_after_template = "listings/admin/revision.html"
    fields = (
        ("shown_link", "shown_status"),
        ("proposed_by", "created_at", "updated_at"),
        ("decided_by", "decided_at"),
        "reason",
    )

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        """A queue: what has waited longest comes first."""
        return (WAITING_FIRST, "created_at", "pk")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Buttons for who may press them now. The services ask again."""
        revision = self.get_object(request, str(object_id))
        may = revision is not None and can_decide_revision(staff_of(request), revision)
        return super().get_actions_detail(request, object_id) if may else []

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        revision = self.get_object(request, object_id)
        shown = difference_context(revision) if revision and self.has_view_permission(request, revision) else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    @display(description="Listing", ordering="space__name", header=True)
    def shown_space(self, revision: SpaceRevision) -> tuple[str, str]:
        return revision.space.name, revision.space.city

    @display(description="Listing")
    def shown_link(self, revision: SpaceRevision) -> str:
        return link_to(revision.space)

    @display(description="Changes")
    def shown_what(self, revision: SpaceRevision) -> str:
        return ", ".join(sorted(revision.changes))

    @display(description="Status", ordering="status")
    def shown_status(self, revision: SpaceRevision) -> str:
        return shown_status(revision)

    @action(
        description="Approve",
        icon="check_circle",
        variant=ActionVariant.SUCCESS,
        permissions=[REVIEW],
        dialog={
            "title": "Approve this change?",
            "description": "It becomes the public version at once.",
            "form_class": ApproveRevisionForm,
            "form_submit_text": "Approve",
        },
    )
    def approve(self, request: HttpRequest, form: ApproveRevisionForm, object_id: str) -> HttpResponse:
        revision = get_object_or_404(SpaceRevision, pk=object_id)
        try:
            approve_revision(revision=revision, actor=staff_of(request), seen_at=form.cleaned_data["seen_at"])
        except DomainError as refusal:
            return close_dialog(request, page_of(revision), refusal=refusal)
        return close_dialog(request, page_of(revision), success="The change is public now")

    @action(
        description="Reject",
        icon="block",
        variant=ActionVariant.DANGER,
        permissions=[REVIEW],
        dialog={
            "title": "Reject this change?",
            "description": "The public version stays as it is; the owner reads the reason.",
            "form_class": ReasonForm,
            "form_submit_text": "Reject",
        },
    )
    def reject(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        revision = get_object_or_404(SpaceRevision, pk=object_id)
        try:
            reject_revision(revision=revision, actor=staff_of(request), reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            return close_dialog(request, page_of(revision), refusal=refusal)
        return close_dialog(request, page_of(revision), success="The change is rejected")


class RevisionInline(LookedAt, TabularInline):
    """The history of a listing's changes."""

    model = SpaceRevision
    fields = ("shown_link", "shown_differences", "shown_status", "proposed_by", "decided_by", "reason")
    readonly_fields = fields
    ordering = ("-created_at",)
    extra = 0
    max_num = 0
    per_page = 10
    hide_title = True
    verbose_name = "change"
    verbose_name_plural = "Changes by the owner"

    @display(description="When")
    def shown_link(self, revision: SpaceRevision) -> str:
        return link_to(revision, f"{revision.created_at:%d %b %Y}")

    @display(description="What")
    def shown_differences(self, revision: SpaceRevision) -> str:
        return ", ".join(difference.label for difference in list_differences(revision))

    @display(description="Status")
    def shown_status(self, revision: SpaceRevision) -> str:
        return shown_status(revision)
