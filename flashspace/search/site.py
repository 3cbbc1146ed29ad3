"""The palette, the kept lists and what customers see, as parts of the staff's site."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from flashspace.base.paging import BoundedPaginator


class DeskSite:
    """Mixin for the admin site. Apps register with the site, so their code is imported when it is asked for."""

    def extra_urls(self) -> list[URLPattern]:
        from accounts.admin import kept_lists, see_as

        view = self.admin_view  # type: ignore[attr-defined]
        return [
            path("lists/keep/", view(kept_lists.keep), name="keep_list"),
            path("lists/<uuid:filter_id>/drop/", view(kept_lists.drop), name="drop_list"),
            path("see-as/<uuid:view_id>/", view(see_as.show), name="see_as"),
            path("see-as/<uuid:view_id>/end/", view(see_as.end), name="see_as_end"),
        ]

    @staticmethod
    def quicken(page: Any) -> None:
        """No list counts all its rows: a page that chose no paginator of its own gets one that stops."""
        if page is not None and page.paginator is Paginator:
            page.paginator, page.show_full_result_count = BoundedPaginator, False

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """As the theme's, but asked anew each time, and grouped."""
        from flashspace.search.palette import search

        typed = request.GET.get("s", "")
        if not typed.strip():
            return HttpResponse()
        pages = self._search_apps(self.get_app_list(request), typed.lower())  # type: ignore[attr-defined]
        if "extended" not in request.GET:
            return _answer(request, "unfold/helpers/search_results.html", pages)
        return _answer(request, "flashspace/palette.html", [*search(request, typed), *pages])


def _answer(request: HttpRequest, template: str, results: list[Any]) -> HttpResponse:
    pages = Paginator(results, max(1, len(results)))
    context = {"page_obj": pages, "results": pages.page(1), "page_counter": 0, "command_show_history": False}
    return TemplateResponse(request, template, context, headers={"HX-Trigger": "search"})
