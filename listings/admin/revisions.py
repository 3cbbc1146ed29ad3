"""Owners' changes of approved listings: the queue, the difference, and the two buttons."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from accounts.admin.decisions import APPROVE, REJECT, carry_out, decision, who_decided
from accounts.admin.filters import DayRangeFilter
from accounts.admin.pages import Casework, LookedAt, link_to, page_of, staff_of
from accounts.admin.queues import Queue, waiting_label
from flashspace.base.errors import DomainError, IllegalTransition
from listings.admin.comparison import change_page, status_label
from listings.admin.dialogs import ApproveRevisionForm, RejectSpaceForm
from listings.admin.tabs import ChangeTab
from listings.differences import list_differences
from listings.enums import RevisionStatus
from listings.models import SpaceRevision
from listings.policies import REVIEW, can_decide_revision
from listings.selectors.reviews import next_change
from listings.services.reviews import approve_revision, reject_revision


@admin.register(SpaceRevision)
class SpaceRevisionAdmin(Casework, Queue, LookedAt, ModelAdmin):
    tab_filter = ChangeTab
    list_display = ("shown_space", "shown_what", "shown_status", "shown_waiting", "proposed_by", "updated_at")
    list_display_links = ("shown_space",)
    list_filter = (ChangeTab, "status", "space__kind", ("created_at", DayRangeFilter))
    list_filter_submit = True
    list_select_related = ("space", "proposed_by")
    list_per_page = 50
    search_fields = ("space__name", "space__owner__email")
    show_full_result_count = False
    actions_detail: ClassVar[list[str]] = ["approve", "reject"]
    change_form_outer_after_template = "listings/admin/revision.html"

    def get_fieldsets(self, request: HttpRequest, obj: SpaceRevision | None = None) -> Any:
        """None: the template shows who proposes beside what."""
        return []

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.show_next)
        return [path("<uuid:object_id>/next", view, name="listings_spacerevision_next"), *super().get_urls()]

    def show_next(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """The change behind this one in the queue."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        revision = get_object_or_404(SpaceRevision, pk=object_id)
        return HttpResponseRedirect(_address_of(request, next_change(staff_of(request), after=revision)))

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Buttons for who may press them now. The services ask again."""
        revision = self.get_object(request, str(object_id))
        may = revision is not None and can_decide_revision(staff_of(request), revision)
        return super().get_actions_detail(request, object_id) if may else []

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        revision = self.get_object(request, object_id)
        shown = change_page(revision, request) if revision and self.has_view_permission(request, revision) else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    @display(description="Listing", ordering="space__name", header=True)
    def shown_space(self, revision: SpaceRevision) -> tuple[str, str]:
        return revision.space.name, revision.space.city

    @display(description="Changes")
    def shown_what(self, revision: SpaceRevision) -> str:
        return ", ".join(sorted(revision.changes))

    @display(description="Status", ordering="status")
    def shown_status(self, revision: SpaceRevision) -> str:
        return status_label(revision)

    @display(description="Waiting", ordering="created_at")
    def shown_waiting(self, revision: SpaceRevision) -> str:
        return waiting_label(revision.created_at if revision.status == RevisionStatus.PENDING else None)

    @decision(
        APPROVE,
        permissions=[REVIEW],
        title="Approve this change?",
        explains="It becomes the public version at once.",
        form=ApproveRevisionForm,
    )
    def approve(self, request: HttpRequest, form: ApproveRevisionForm, object_id: str) -> HttpResponse:
        seen_at = form.cleaned_data["seen_at"]
        return _decide(request, object_id, approve_revision, "is public now", seen_at=seen_at)

    @decision(
        REJECT,
        permissions=[REVIEW],
        title="Reject this change?",
        explains="The public version stays as it is; the owner reads the reason. New photos are deleted for good.",
        form=RejectSpaceForm,
    )
    def reject(self, request: HttpRequest, form: RejectSpaceForm, object_id: str) -> HttpResponse:
        return _decide(request, object_id, reject_revision, "is rejected", reason=form.cleaned_data["reason"])


def _decide(
    request: HttpRequest, object_id: str, service: Callable[..., object], said: str, **options: Any
) -> HttpResponse:
    revision = get_object_or_404(SpaceRevision.objects.select_related("space"), pk=object_id)
    return carry_out(
        request,
        revision,
        service,
        said=format_html('{} {}. <a class="underline" href="{}">Back to it</a>', revision, said, page_of(revision)),
        then=lambda: _address_of(request, next_change(staff_of(request))),
        refused=lambda refusal: _too_late(revision, refusal),
        revision=revision,
        **options,
    )


def _too_late(revision: SpaceRevision, refusal: DomainError) -> str:
    first = who_decided(SpaceRevision, revision.pk) if isinstance(refusal, IllegalTransition) else ""
    return first or refusal.message


def _address_of(request: HttpRequest, revision: SpaceRevision | None) -> str:
    if revision is not None:
        return page_of(revision)
    messages.info(request, "No other change waits for you.")
    return reverse("admin:listings_spacerevision_changelist")


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
        return link_to(revision, date_format(localtime(revision.created_at)))

    @display(description="What")
    def shown_differences(self, revision: SpaceRevision) -> str:
        return ", ".join(difference.label for difference in list_differences(revision))

    @display(description="Status")
    def shown_status(self, revision: SpaceRevision) -> str:
        return status_label(revision)
