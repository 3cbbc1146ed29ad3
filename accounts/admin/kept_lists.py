"""Lists under a name: the ones a page offers to all, and what each keeps. Shown as chips above every list."""

from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from accounts.admin.pages import LookedAt, link_to, staff_of
from accounts.models import SavedFilter
from accounts.selectors.desk import list_filters
from accounts.services import desk
from flashspace.base.errors import DomainError


class Chip(NamedTuple):
    name: str
    url: str
    is_chosen: bool
    drop_url: str = ""
    note: str = ""


def chips(request: HttpRequest, page: Any) -> list[Chip]:
    """`page` is the ModelAdmin of the list; `presets` of it are (name, query) pairs."""
    user, now = staff_of(request), desk.clean_query(request.GET.urlencode())
    offered = [Chip(name, f"?{query}", desk.clean_query(query) == now) for name, query in getattr(page, "presets", ())]
    kept = [
        Chip(
            one.name,
            f"?{one.query}",
            one.query == now,
            reverse("admin:drop_list", args=[one.pk]) if one.owner_id == user.pk or user.is_superuser else "",
            "" if one.owner_id == user.pk else f"Kept by {one.owner}",
        )
        for one in list_filters(page=page.opts.label_lower, user=user)
    ]
    return [*offered, *kept]


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    page = _page(request.POST.get("page", ""))
    if not page.has_view_permission(request):
        raise PermissionDenied
    query, url = request.POST.get("query", ""), _list_url(page.opts)
    try:
        kept = desk.save_filter(
            page=page.opts.label_lower,
            name=request.POST.get("name", ""),
            query=query,
            is_shared="is_shared" in request.POST,
            owner=staff_of(request),
        )
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return HttpResponseRedirect(f"{url}?{desk.clean_query(query)}")
    messages.success(request, f"“{kept.name}” is kept")
    return HttpResponseRedirect(f"{url}?{kept.query}")


@require_POST
def drop(request: HttpRequest, filter_id: UUID) -> HttpResponse:
    kept = SavedFilter.objects.filter(pk=filter_id).first()
    if kept is None or not desk.delete_filter(filter_id=str(filter_id), owner=staff_of(request)):
        raise Http404
    messages.success(request, f"“{kept.name}” is gone")
    return HttpResponseRedirect(_list_url(_page(kept.page).opts))


def _page(name: str) -> Any:
    """Raises Http404."""
    for model, page in admin.site._registry.items():  # noqa: SLF001
        if model._meta.label_lower == name:
            return page
    raise Http404


def _list_url(options: Any) -> str:
    return reverse(f"admin:{options.app_label}_{options.model_name}_changelist")


@admin.register(SavedFilter)
class SavedFilterAdmin(LookedAt, ModelAdmin):
    empty = "Nobody keeps a list yet. Filter or search any list, and press Keep this list above it."
    list_display = ("name", "page", "shown_owner", "is_shared", "query")
    list_filter = ("is_shared",)
    list_select_related = ("owner",)
    search_fields = ("name",)
    ordering = ("page", "name")
    fields = ("name", "page", "shown_owner", "is_shared", "query")

    @admin.display(description="Kept by")
    def shown_owner(self, kept: SavedFilter) -> str:
        return link_to(kept.owner)
