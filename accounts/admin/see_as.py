"""What a customer sees, for a colleague who has begun to look: the API's own answers, asked for inside this process.

The view's token is made for one such request and leaves with it: no browser ever has it.
"""

import json
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.timesince import timeuntil
from django.views.decorators.http import require_GET, require_POST

from accounts.admin.answers import Node, hide_tokens, lay_out
from accounts.admin.masks import shown_text
from accounts.admin.pages import page_of, staff_of
from accounts.admin.see_as_looks import Look, list_looks
from accounts.admin.staff_session import staff_session_of
from accounts.models import SupportView
from accounts.selectors.support_views import find_view, may_go_on
from accounts.services import tokens
from accounts.services.support_views import end_view
from flashspace.base.clock import now
from flashspace.base.context import client_address

KEYS_OF_A_ROW = ("id", "_id")


class Answer(NamedTuple):
    """What the API said. `body` is None where it was no JSON."""

    status: int
    body: Any
    text: str


@require_GET
def show(request: HttpRequest, view_id: UUID) -> HttpResponse:
    view = _view_of(request, view_id)
    customer = view.session.user
    if not may_go_on(view):
        messages.warning(request, f"You no longer look at what {customer} sees: that has ended. You may begin again.")
        return HttpResponseRedirect(page_of(customer) or reverse("admin:index"))
    look = _chosen(request.GET.get("look", ""))
    path, query = _asked(look, request.GET)
    answer = ask(request, view, path, query)
    context = {
        **admin.site.each_context(request),
        "title": f"As {customer} sees it",
        "view": view,
        "customer": customer,
        "customer_url": page_of(customer),
        "left": timeuntil(view.session.expires_at, now(), depth=1),
        "seconds_left": max(0, int((view.session.expires_at - now()).total_seconds())),
        "looks": [(one, one == look) for one in list_looks()],
        "look": look,
        "is_detail": path != look.path,
        "path": path,
        "answer": answer,
        "node": _laid_out(request, answer, look),
        "pages": _pages(answer, look),
    }
    return TemplateResponse(request, "accounts/admin/see_as.html", context)


@require_POST
def end(request: HttpRequest, view_id: UUID) -> HttpResponse:
    view = _view_of(request, view_id)
    end_view(view=view, actor=staff_of(request))
    messages.success(request, f"You no longer look at what {view.session.user} sees")
    return HttpResponseRedirect(page_of(view.session.user) or reverse("admin:index"))


def ask(request: HttpRequest, view: SupportView, path: str, query: QueryDict) -> Answer:
    """What the API answers the customer, by the view itself that answers them."""
    inner = HttpRequest()
    inner.method, inner.path, inner.path_info = "GET", path, path
    inner.GET = query  # type: ignore[assignment]  # read only, whichever it is
    token = tokens.access_token(user=view.session.user, session=view.session)
    inner.META = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query.urlencode(),
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "HTTP_ACCEPT": "application/json",
        "HTTP_HOST": request.get_host(),
        "REMOTE_ADDR": client_address(request),
    }
    try:
        found = resolve(path)
    except Resolver404:
        raise Http404 from None
    inner.resolver_match = found
    answer = found.func(inner, *found.args, **found.kwargs)
    said = answer.content.decode()
    if not answer.headers.get("Content-Type", "").startswith("application/json"):
        return Answer(answer.status_code, None, _masked(request, said))
    body = _masked(request, json.loads(said))
    return Answer(answer.status_code, body, json.dumps(body, ensure_ascii=False))


def _masked(request: HttpRequest, value: Any) -> Any:
    """Every text in it as this colleague may read it. Numbers stay: an identity number is a text in every answer."""
    if isinstance(value, dict):
        return {key: _masked(request, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(request, inner) for inner in value]
    return hide_tokens(shown_text(request, value)) if isinstance(value, str) else value


def _view_of(request: HttpRequest, view_id: UUID) -> SupportView:
    """Of this sign-in only, so of nobody else's. Raises Http404."""
    session = staff_session_of(request)
    view = find_view(view_id, session) if session else None
    if view is None:
        raise Http404
    return view


def _chosen(name: str) -> Look:
    looks = list_looks()
    return next((one for one in looks if one.name == name), looks[0])


def _asked(look: Look, given: QueryDict) -> tuple[str, QueryDict]:
    """Path and query: of one row where one is asked for, else of the page. Raises Http404."""
    query = QueryDict(mutable=True)
    if look.detail and "id" in given:
        try:
            return look.detail.format(id=UUID(given.get("id"))), query
        except ValueError:
            raise Http404 from None
    if given.get("page", "").isdecimal():
        query["page"] = given.get("page", "")
    return look.path, query


def _laid_out(request: HttpRequest, answer: Answer, look: Look) -> Node:
    def opens(row: Any) -> str:
        key = next((str(row[name]) for name in KEYS_OF_A_ROW if name in row), "")
        return f"?look={look.name}&id={key}" if look.detail and key and "id" not in request.GET else ""

    body = answer.body if isinstance(answer.body, dict) else {}
    told = {name: value for name, value in body.items() if name not in ("success", "pagination")}
    return lay_out(told["data"] if set(told) == {"data"} else told, opens)


def _pages(answer: Answer, look: Look) -> list[tuple[str, str]]:
    """Where a list goes on."""
    block = answer.body.get("pagination") if isinstance(answer.body, dict) else None
    if not isinstance(block, dict):
        return []
    here, last = int(block.get("page", 1)), int(block.get("pages", 1))
    near = [("Earlier", here - 1), ("Later", here + 1)]
    return [(word, f"?look={look.name}&page={number}") for word, number in near if 1 <= number <= last]
