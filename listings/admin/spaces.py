"""Listings: the catalogue, one listing with its plans and photos, and the buttons that move it."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from accounts.admin.decisions import APPROVE, REJECT, Look, carry_out, decision
from accounts.admin.pages import Casework, label, link_to, page_of, staff_of
from accounts.admin.queues import TAB, Queue, waiting_label
from flashspace.base.errors import DomainError
from flashspace.base.lookups import DeclaredLookups
from flashspace.base.money import Price, format_price
from listings.admin.comparison import first_page
from listings.admin.dialogs import ApproveSpaceForm, RejectSpaceForm
from listings.admin.forms import PhotoForm, PlanForm, SpaceForm
from listings.admin.revisions import RevisionInline
from listings.admin.tabs import SpaceTab
from listings.changes import PlanChanges
from listings.documents import price_text
from listings.enums import PlanCode, RevisionStatus, SpaceKind, SpaceStatus
from listings.models import Plan, Space, SpacePhoto
from listings.places import city_key, known_cities
from listings.policies import CHANGE, REVIEW, can_change_space, can_decide_space
from listings.selectors.reviews import next_space
from listings.services.photos import add_photo, describe_photo, remove_photo
from listings.services.reviews import approve_space, reject_space
from listings.services.spaces import (
    create_space,
    delete_space,
    find_gaps,
    restore_space,
    submit_space,
    update_space,
)

RECONSIDER = Look("reconsider", "Back into the queue", "replay", ActionVariant.DEFAULT)
TAKE_OFF = Look("take_off", "Into the bin", "delete", ActionVariant.DANGER)
RESTORE = Look("restore", "Restore", "restore_from_trash", ActionVariant.SUCCESS)
COLOURS = {
    SpaceStatus.PENDING: "warning",
    SpaceStatus.APPROVED: "success",
    SpaceStatus.REJECTED: "danger",
}


class CityFilter(DropdownFilter):
    """By the compared name, so that Bangalore and Bengaluru are one; without reading every row for its city."""

    title = "city"
    parameter_name = "city"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(city_key(city), city) for city in known_cities()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Space]) -> QuerySet[Space]:
        return queryset.filter(city_key=self.value()) if self.value() else queryset


class PlanInline(TabularInline):
    model = Plan
    form = PlanForm
    fields = ("code", "amount", "original_amount", "period", "seats", "shown_text")
    readonly_fields = ("shown_text",)
    extra = 0
    max_num = len(PlanCode)
    hide_title = True

    @display(description="As the API shows it")
    def shown_text(self, plan: Plan) -> str:
        return "–" if plan.amount is None else price_text(plan)


class PhotoInline(TabularInline):
    model = SpacePhoto
    form = PhotoForm
    fields = ("file", "caption", "position")
    extra = 0
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[SpacePhoto]:
        """What an owner proposes is decided with his change, on its own page."""
        return super().get_queryset(request).filter(is_proposed=False)


@admin.register(Space)
class SpaceAdmin(Casework, Queue, DeclaredLookups, ModelAdmin):
    tab_filter = SpaceTab
    form = SpaceForm
    list_display = (
        "shown_name",
        "kind",
        "city",
        "shown_status",
        "shown_waiting",
        "shown_price",
        "shown_owner",
        "is_popular",
        "updated_at",
    )
    list_display_links = ("shown_name",)
    list_filter = (SpaceTab, "status", "kind", CityFilter, "is_popular")
    list_filter_submit = True
    list_select_related = ("owner",)
    list_per_page = 50
    search_fields = ("name", "address", "area", "city", "=pincode", "owner__email")
    autocomplete_fields = ("owner",)
    show_full_result_count = False
    actions_detail: ClassVar[list[str]] = ["approve", "reject", "reconsider", "take_off", "restore"]
    change_form_outer_before_template = "listings/admin/waiting.html"
    change_form_outer_after_template = "listings/admin/history.html"
    readonly_fields = ("shown_picture", "shown_status", "shown_review", "rejection_reason")
    fieldsets = (
        (None, {"fields": (("name", "kind"), ("owner", "availability"), "description", "features")}),
        (
            "Place",
            {"fields": ("address", ("city", "area"), ("state_code", "pincode"), ("latitude", "longitude"))},
        ),
        (
            "Space",
            {
                "fields": (
                    ("total_seats", "desk_type", "home_size"),
                    ("image_url", "shown_picture"),
                    ("rating", "reviews"),
                    "is_popular",
                )
            },
        ),
        ("Approval", {"fields": ("shown_status", "shown_review", "rejection_reason")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Space]:
        return super().get_queryset(request).prefetch_related("plans")

    def get_inlines(self, request: HttpRequest, obj: Space | None) -> list[type[TabularInline]]:
        return [PlanInline, PhotoInline, *([RevisionInline] if obj else [])]

    def get_fieldsets(self, request: HttpRequest, obj: Space | None = None) -> Any:
        """A new one is not decided yet."""
        return self.fieldsets if obj else self.fieldsets[:-1]

    def get_readonly_fields(self, request: HttpRequest, obj: Space | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, *(("kind", "owner") if obj else ()))

    def has_delete_permission(self, request: HttpRequest, obj: Space | None = None) -> bool:
        """Bookings tell of their space for ever: it goes into the bin."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Space | None = None) -> bool:
        is_binned = obj is not None and obj.deleted_at is not None
        return not is_binned and super().has_change_permission(request, obj)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Buttons for who may press them now. The services ask again."""
        space = self.get_object(request, str(object_id))
        names = possible_moves(space, staff_of(request)) if space else set()
        return [one for one in super().get_actions_detail(request, object_id) if one.path in names]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        space = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if space is not None and self.has_view_permission(request, space):
            is_undecided = space.status != SpaceStatus.APPROVED
            context = {
                **first_page(space, request),
                "waiting": space.revisions.filter(status=RevisionStatus.PENDING).first(),
                "gaps": find_gaps(space, list(space.plans.all())) if is_undecided else [],
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.show_next)
        return [path("<uuid:object_id>/next", view, name="listings_space_next"), *super().get_urls()]

    def show_next(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """The listing behind this one in the queue."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        space = get_object_or_404(Space, pk=object_id)
        return HttpResponseRedirect(_address_of(request, next_space(staff_of(request), after=space)))

    # Columns and fields

    @display(description="Name", ordering="name", header=True)
    def shown_name(self, space: Space) -> tuple[str, str]:
        return space.name, space.area

    @display(description="Status", ordering="status")
    def shown_status(self, space: Space) -> str:
        if space.deleted_at:
            return label("In the bin", "danger")
        return label(space.get_status_display(), COLOURS.get(SpaceStatus(space.status), ""))

    @display(description="Waiting", ordering="submitted_at")
    def shown_waiting(self, space: Space) -> str:
        return waiting_label(space.submitted_at if space.status == SpaceStatus.PENDING else None)

    @display(description="Price")
    def shown_price(self, space: Space) -> str:
        plans = sorted(space.plans.all(), key=lambda plan: PlanCode.values.index(plan.code))
        return format_price(Price(plans[0].amount, plans[0].period)) if plans else "–"

    @display(description="Owner", ordering="owner__email")
    def shown_owner(self, space: Space) -> str:
        return link_to(space.owner, space.owner.email) if space.owner else "The platform"

    @display(description="Shown as")
    def shown_picture(self, space: Space) -> str:
        """Only what lies with us: a stranger's address is text here and is never opened."""
        url = space.image_url or next((photo.file.url for photo in space.photos.all()[:1]), "")
        is_ours = url.startswith(settings.MEDIA_URL)
        return format_html('<img src="{}" alt="" style="max-height: 8rem">', url) if is_ours else "–"

    @display(description="Decided")
    def shown_review(self, space: Space) -> str:
        if space.approved_at is None:
            return "–"
        by = link_to(space.approved_by) if space.approved_by else "somebody who left"
        return format_html("Approved on {} by {}", date_format(localtime(space.approved_at)), by)

    # Saving: one service call for fields and plans, then the photos

    def save_model(self, request: HttpRequest, obj: Space, form: Any, change: bool) -> None:
        """Nothing yet: plans belong to the same step, see save_related."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        for formset in formsets:
            formset.save(commit=False)  # says what was changed, for Django's own log
        by_model = {formset.model: formset for formset in formsets}
        actor, plans = staff_of(request), read_plans(by_model.get(Plan))
        if not change:
            space = create_space(
                kind=SpaceKind(form.cleaned_data["kind"]),
                values=form.changes(),
                plans=plans,
                actor=actor,
                owner=form.cleaned_data["owner"],
            )
            form.instance.pk = space.pk
        else:
            space = form.instance
            if form.changed_data or plans:
                update_space(space=space, values=form.changes(), plans=plans, actor=actor)
        save_photos(by_model.get(SpacePhoto), space, actor)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:  # its transaction is rolled back
            messages.error(request, refusal.message)
            return HttpResponseRedirect(request.get_full_path())

    # Buttons

    @decision(
        APPROVE,
        permissions=[REVIEW],
        title="Approve this listing?",
        explains="Everybody sees it at once.",
        form=ApproveSpaceForm,
    )
    def approve(self, request: HttpRequest, form: ApproveSpaceForm, object_id: str) -> HttpResponse:
        seen_at = form.cleaned_data["seen_at"]
        return _decide(request, object_id, "is public now", approve_space, seen_at=seen_at)

    @decision(
        REJECT,
        permissions=[REVIEW],
        title="Reject this listing?",
        explains="The owner reads the reason, and may change the listing and ask again.",
        form=RejectSpaceForm,
    )
    def reject(self, request: HttpRequest, form: RejectSpaceForm, object_id: str) -> HttpResponse:
        return _decide(request, object_id, "is rejected", reject_space, reason=form.cleaned_data["reason"])

    @decision(
        RECONSIDER,
        permissions=[CHANGE],
        title="Look at this listing again?",
        explains="It waits for approval again, as it is.",
    )
    def reconsider(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        return _move(request, object_id, "waits for approval", submit_space)

    @decision(
        TAKE_OFF,
        permissions=[CHANGE],
        title="Put this listing into the bin?",
        explains="Nobody can find or book it any more. Bookings that stand go on. It can be restored.",
    )
    def take_off(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        return _move(request, object_id, "is in the bin", delete_space)

    @decision(
        RESTORE,
        permissions=[CHANGE],
        title="Restore this listing?",
        explains="It comes back in the state it had.",
    )
    def restore(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        return _move(request, object_id, "is back", restore_space)


def possible_moves(space: Space, user: Any) -> set[str]:
    """The buttons that this person may press now."""
    if space.deleted_at is not None:
        return {"restore"} if can_change_space(user, space) else set()
    moves = {"approve", "reject"} if can_decide_space(user, space) else set()
    if can_change_space(user, space):
        moves.add("take_off")
        if space.status in (SpaceStatus.DRAFT, SpaceStatus.REJECTED):
            moves.add("reconsider")
    return moves


def _move(
    request: HttpRequest,
    object_id: str,
    said: str,
    service: Callable[..., object],
    then: Callable[[], str] | None = None,
    **options: Any,
) -> HttpResponse:
    space = get_object_or_404(Space, pk=object_id)
    told = format_html('{} {}. <a class="underline" href="{}">Back to it</a>', space, said, page_of(space))
    return carry_out(
        request, space, service, said=told if then else f"{space} {said}", then=then, space=space, **options
    )


def _decide(
    request: HttpRequest, object_id: str, said: str, service: Callable[..., object], **options: Any
) -> HttpResponse:
    """As any move, and on to the next listing that waits."""
    return _move(
        request, object_id, said, service, then=lambda: _address_of(request, next_space(staff_of(request))), **options
    )


def _address_of(request: HttpRequest, space: Space | None) -> str:
    if space is not None:
        return page_of(space)
    messages.info(request, "No other listing waits for you.")
    return f"{reverse('admin:listings_space_changelist')}?{TAB}=waiting"


def read_plans(formset: Any) -> PlanChanges:
    """What was typed into the table of plans."""
    changes: dict[str, Any] = {}
    for form in formset.forms if formset is not None else ():
        if form in formset.deleted_forms:
            changes[form.instance.code] = None
        elif form.has_changed():
            changes[form.cleaned_data["code"]] = form.change()
    return changes


def save_photos(formset: Any, space: Space, actor: Any) -> None:
    for form in formset.forms if formset is not None else ():
        if form in formset.deleted_forms:
            if not form.instance._state.adding:
                remove_photo(photo=form.instance, actor=actor)
        elif form.has_changed() and form.instance._state.adding:
            add_photo(space=space, upload=form.cleaned_data["file"], caption=form.cleaned_data["caption"], actor=actor)
        elif form.has_changed():
            data = form.cleaned_data
            describe_photo(photo=form.instance, caption=data["caption"], position=data["position"], actor=actor)
