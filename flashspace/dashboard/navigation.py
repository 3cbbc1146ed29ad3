"""The sidebar, by work: first what waits, then what there is. Nobody sees a door that would not open."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from flashspace.base.money import group_digits
from flashspace.dashboard.cards import list_url
from flashspace.dashboard.figures import may_list, read_waiting, visible_queues

Item = dict[str, Any]


@dataclass(frozen=True)
class Door:
    """`model` is a label, for some of them are in apps that come and go."""

    model: str
    icon: str
    title: str = ""


GROUPS: tuple[tuple[str, tuple[Door, ...]], ...] = (
    (
        "Customers",
        (
            Door("accounts.User", "group", "People"),
            Door("accounts.KycProfile", "badge", "All KYC cases"),
            Door("accounts.KycDocument", "id_card"),
            Door("accounts.Organization", "corporate_fare"),
            Door("accounts.Membership", "diversity_3"),
            Door("accounts.OrganizationRole", "assignment_ind"),
            Door("accounts.Invitation", "forward_to_inbox"),
            Door("consultants.Consultant", "support_agent", "All consultants"),
            Door("accounts.Notification", "notifications"),
        ),
    ),
    (
        "Catalogue",
        (Door("listings.Space", "apartment"), Door("listings.SpaceRevision", "history_edu", "All changes by owners")),
    ),
    (
        "Bookings",
        (
            Door("bookings.Booking", "event_seat"),
            Door("bookings.BookingDocument", "description", "Agreements and NOCs"),
            Door("bookings.TimelineEntry", "timeline"),
        ),
    ),
    (
        "Money",
        (
            Door("billing.Invoice", "receipt_long"),
            Door("billing.Payment", "payments"),
            Door("billing.Refund", "currency_exchange"),
            Door("billing.GatewayEvent", "webhook"),
            Door("billing.SellerEntity", "storefront"),
            Door("billing.NumberSeries", "tag"),
        ),
    ),
    (
        "Operations",
        (
            Door("accounts.Mail", "mail"),
            Door("accounts.Sms", "sms"),
            Door("accounts.Session", "devices", "Sign-ins"),
            Door("accounts.OtpChallenge", "pin", "One-time codes"),
            Door("accounts.OneTimeToken", "link", "One-time links"),
            Door("mfa.Authenticator", "phonelink_lock", "Second factors"),
            Door("accounts.BackupCode", "dialpad"),
            Door("accounts.TotpSetup", "qr_code", "Set-ups of second factors"),
            Door("accounts.Budget", "speed"),
            Door("accounts.IdempotencyKey", "content_copy"),
        ),
    ),
    (
        "Staff and audit",
        (
            Door("auth.Group", "shield_person"),
            Door("accounts.AuditEntry", "policy"),
            Door("accounts.AuditSeal", "verified"),
            Door("accounts.StaffNote", "sticky_note_2"),
            Door("accounts.SupportView", "visibility", "Looks of support"),
            Door("accounts.SavedFilter", "bookmarks"),
            Door("account.EmailAddress", "alternate_email"),
            Door("socialaccount.SocialAccount", "passkey"),
        ),
    ),
)


def menu_names() -> dict[str, str]:
    """What the menu calls a list, by the name that its model has."""
    models = _registered()
    doors = (door for _, doors in GROUPS for door in doors if door.title and door.model in models)
    return {str(models[door.model]._meta.verbose_name_plural): door.title for door in doors}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Called by the theme for every page."""
    desk = [_home(request), *_queues(request)]
    is_there = any(item["active"] for item in desk)
    placed = {door.model for _, doors in GROUPS for door in doors}
    others = tuple(Door(label, "table_rows") for label in _registered() if label not in placed)
    groups = [
        {"title": title, "separator": True, "items": list(_doors(request, doors, is_there))}
        for title, doors in (*GROUPS, ("More", others))
    ]
    return [{"title": "Desk", "items": desk}, *(group for group in groups if group["items"])]


def _home(request: HttpRequest) -> Item:
    url = reverse("admin:index")
    return {"title": "Overview", "icon": "space_dashboard", "link": url, "active": request.path == url}


def _queues(request: HttpRequest) -> Iterator[Item]:
    queues = visible_queues(request)
    waiting = read_waiting(queues)
    for queue in queues:
        url = list_url(queue.rows.model)
        is_here = request.path == url and all(
            request.GET.get(name) == value for name, value in QueryDict(queue.query).items()
        )
        count = waiting[queue.name].count
        badge = {"badge": group_digits(count), "badge_variant": "warning"} if count else {}
        yield {"title": queue.title, "icon": queue.icon, "link": f"{url}?{queue.query}", "active": is_here, **badge}


def _doors(request: HttpRequest, doors: tuple[Door, ...], is_there: bool) -> Iterator[Item]:
    models = _registered()
    for door in doors:
        model = models.get(door.model)
        if model is None or not may_list(request, model):
            continue
        url = list_url(model)
        title = door.title or str(model._meta.verbose_name_plural)
        yield {
            "title": title[0].upper() + title[1:],
            "icon": door.icon,
            "link": url,
            "active": request.path.startswith(url) and not is_there,
        }


def _registered() -> Mapping[str, type[Model]]:
    return {model._meta.label: model for model in apps.get_models() if admin.site.is_registered(model)}
