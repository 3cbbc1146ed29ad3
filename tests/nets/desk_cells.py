"""The admin's part of the matrix: who × page × kind of id, by the table of desks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.nets.cells import MALFORMED, TRACES_OF_A_LOOK, UNKNOWN, Seen, perform
from tests.nets.desk_table import APP_INDEX, CATCH_ALL, DESKS, OPEN, SITE, Desk
from tests.nets.routes import Found
from tests.nets.world import STAFF, World

PAGES = ("changelist", "add", "history", "delete", "change")
LOGIN = "/admin/login/"
TO_LOGIN, REFUSED = 302, 403
TRACES = {*TRACES_OF_A_LOOK, "DELETE django_session"}  # a browser's session that is over is dropped
KINDS = {"row": "", "unknown": UNKNOWN[""], "malformed": MALFORMED}
PRESS = {"_form_submitted": "on", "reason": "Looked at", "note": "Looked at"}


@dataclass(frozen=True)
class Cell:
    actor: str
    method: str
    page: str  # accounts.user change
    which: str
    url: str
    expected: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.actor}: {self.method} {self.page} of {self.which}"


def make_cells(actor: str, world: World) -> Iterator[Cell]:
    for label, desk in DESKS.items():
        yield from _pages(actor, label, desk, world)
        yield from _extras(actor, label, desk, world)
    for path, status in SITE.items():
        url = path.replace("<path:content_type_id>/<path:object_id>", "1/1")
        url = url.replace("<uuid:filter_id>", UNKNOWN[""]).replace("<uuid:view_id>", UNKNOWN[""])
        yield Cell(actor, "GET", "site", path, url, (status,) if actor in STAFF else (TO_LOGIN,))
    for path in (APP_INDEX, CATCH_ALL):
        url = path.replace("<app_label>", "accounts").replace("<url>", "no-such-page")
        statuses = {APP_INDEX: (200, 404), CATCH_ALL: (404,)}[path]  # 404: no model of this app is theirs
        yield Cell(actor, "GET", "site", path, url, statuses if actor in STAFF else (TO_LOGIN,))


def _pages(actor: str, label: str, desk: Desk, world: World) -> Iterator[Cell]:
    looks = may(actor, desk.view)
    adds, changes = may(actor, desk.add, desk.superuser_adds), may(actor, desk.change, desk.superuser_changes)
    deletes = may(actor, (), desk.superuser_deletes)
    yield _cell(actor, "GET", label, "changelist", "", looks, (200,))
    yield _cell(actor, "POST", label, "changelist", "", looks, (200, 302, 403))
    yield _cell(actor, "GET", label, "add", "", adds, (200,))
    yield _cell(actor, "POST", label, "add", "", adds, (200,))
    for which, row_id in _ids(label, world, actor):
        found = which == "row"
        gone = (302,)  # to the index, with a word about it
        yield _cell(actor, "GET", label, "change", which, looks or changes, (200,) if found else gone, row_id)
        yield _cell(actor, "POST", label, "change", which, changes, (200,) if found else gone, row_id)
        yield _cell(actor, "GET", label, "history", which, looks or not found, (200,) if found else gone, row_id)
        yield _cell(actor, "GET", label, "delete", which, deletes, (200,) if found else gone, row_id)
        yield _cell(actor, "POST", label, "delete", which, deletes, (200,) if found else gone, row_id)  # asks again


def _extras(actor: str, label: str, desk: Desk, world: World) -> Iterator[Cell]:
    for name, groups in desk.buttons.items():
        presses = may(actor, groups, is_superuser_enough=True)
        if name in ALONE:
            yield _cell(actor, "GET", label, name, "", presses, (200,))
            yield _cell(actor, "POST", label, name, "", presses, (200,))
            continue
        for which, row_id in _ids(label, world, actor):
            is_there = which == "row"
            yield _cell(actor, "GET", label, name, which, presses, (200,) if is_there else (404,), row_id)
            yield _cell(actor, "POST", label, name, which, presses, (200,) if is_there else (404,), row_id)
    for name, groups in desk.files.items():
        for which, row_id in _ids(label, world, actor):
            if which != "malformed":
                opens = may(actor, groups, is_superuser_enough=True)
                expected = (200,) if which == "row" else (302, 404)
                cell = _cell(actor, "GET", label, name, which, opens, expected, row_id)
                hides = actor in STAFF and not opens  # a paper that is not theirs need not be there for them
                yield Cell(**{**vars(cell), "expected": (403, 404)}) if hides else cell

    for name, groups in desk.links.items():
        follows = may(actor, groups)
        yield _cell(actor, "GET", label, name, "row", follows, (302,), row_of(label, world))


ALONE = ("add_colleague",)  # a button over a list, not of a row


def may(actor: str, groups: tuple[str, ...], is_superuser_enough: bool = True) -> bool:
    return actor in groups or (actor == "superuser" and (bool(groups) or is_superuser_enough))


def _cell(
    actor: str, method: str, label: str, page: str, which: str, allowed: bool, statuses: tuple[int, ...], id: str = ""
) -> Cell:
    expected = (TO_LOGIN,) if actor not in STAFF else statuses if allowed else (REFUSED,)
    return Cell(actor, method, f"{label} {page}", which, url_of(label, page, id), expected)


def url_of(label: str, page: str, id: str) -> str:
    name = f"admin:{label.replace('.', '_')}_{page}"
    return reverse(name, args=[id] if id else [])


def _ids(label: str, world: World, actor: str) -> Iterator[tuple[str, str]]:
    """Strangers are turned away before anybody looks at an id, so one kind is enough for them."""
    for which, known in KINDS.items() if actor in STAFF else [("row", "")]:
        yield which, known or row_of(label, world)


def row_of(label: str, world: World) -> str:
    """A row that stands for all: of a customer where there is a choice."""
    if label == "accounts.user":
        return str(world.users["customer"].pk)
    row = apps.get_model(label)._default_manager.order_by("pk").first()
    assert row is not None, f"the world has no {label}"
    return str(row.pk)


def run(cells: Iterable[Cell], world: World) -> list[str]:
    clients: dict[str, Client] = {}
    found: list[str] = []
    for cell in cells:
        client = clients.setdefault(cell.actor, world.client(cell.actor))
        body = {} if cell.page.rpartition(" ")[2] in PAGES else PRESS
        found += judge(cell, perform(client, cell.method, cell.url, body if cell.method == "POST" else None, True))
    return found


def judge(cell: Cell, seen: Seen) -> list[str]:
    found = []
    if seen.status not in cell.expected:
        found.append(f"{cell}: {seen.status} instead of {cell.expected}")
    if cell.actor not in STAFF and not seen.location.startswith(LOGIN):
        found.append(f"{cell}: is not sent to sign in but to {seen.location!r}")
    if seen.status >= 500:
        found.append(f"{cell}: broke")
    is_a_move = cell.method == "POST" and cell.actor in STAFF and cell.expected != (REFUSED,)
    if not is_a_move:
        found += [f"{cell}: wrote: {one}" for one in seen.writes if one not in TRACES]
    return found


def uncovered(found: Iterable[Found]) -> list[str]:
    """Pages of the admin that no desk names, and desks for what is not there."""
    there: set[str] = set()
    missing: list[str] = []
    for one in found:
        if one.kind != "admin":
            continue
        key = _key(one)
        there.add(key)
        if key not in listed():
            missing.append(f"{one.path} ({one.name}) has no desk")
    return missing + [f"{key} has a desk and no page" for key in sorted(listed() - there)]


def _key(one: Found) -> str:
    if one.path in {*SITE, *OPEN, APP_INDEX, CATCH_ALL}:
        return one.path
    parts = one.path.split("/")
    label = f"{parts[2]}.{parts[3]}" if len(parts) > 4 else one.path
    page = one.name.removeprefix(label.replace(".", "_") + "_") or "redirect"
    return f"{label} {page}"


def listed() -> set[str]:
    pages = {f"{label} {page}" for label in DESKS for page in (*PAGES, "redirect")}
    extras = {f"{label} {name}" for label, desk in DESKS.items() for name in (*desk.buttons, *desk.files, *desk.links)}
    return {*pages, *extras, *SITE, *OPEN, APP_INDEX, CATCH_ALL}


def unwrapped(site: admin.AdminSite = admin.site) -> list[str]:
    """Views of the models' pages that the site does not guard: a stranger gets to them."""
    found = []
    for model, desk in site._registry.items():
        for pattern in desk.get_urls():
            request = RequestFactory().get("/admin/")
            request.user, request.session = AnonymousUser(), SessionStore()
            names = pattern.pattern.converters or dict.fromkeys(pattern.pattern.regex.groupindex)
            try:
                answer = pattern.callback(request, **dict.fromkeys(names, UNKNOWN[""]))
                is_guarded = answer.status_code == TO_LOGIN and answer.headers["Location"].startswith(LOGIN)
            except Exception as error:  # noqa: BLE001  whatever it is, the view has been reached
                is_guarded, answer = False, error
            if not is_guarded:
                found.append(f"{model._meta.label} {pattern.pattern}: a stranger gets {answer!r}")
    return found
