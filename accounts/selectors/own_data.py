"""Everything we keep of one person, for that person. Apps that come later register what they keep.

Their own rows only: what they did to somebody else's things is told without saying whose.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from accounts.models import AuditEntry, KycDocument, KycProfile, Membership, Notification, Session, User
from accounts.selectors.mfa import has_second_factor
from flashspace.base.clock import now

Row = Mapping[str, Any]
MOST: Final = 5000


@dataclass(frozen=True, slots=True)
class Section:
    """`find` gives the person's rows, newest first; `show` says what is told of one."""

    find: Callable[[User], "QuerySet[Any]"]
    show: Callable[[Any], Row]


@dataclass(frozen=True, slots=True)
class OwnData:
    """`cut` names the sections that hold more than `MOST` rows, of which the newest are here."""

    at: datetime
    account: Row
    sections: Mapping[str, list[Row]]
    cut: list[str]


_sections: dict[str, Section] = {}


def register(name: str, section: Section) -> None:
    _sections[name] = section


def own_data(user: User) -> OwnData:
    sections: dict[str, list[Row]] = {}
    cut: list[str] = []
    for name, section in _sections.items():
        rows = list(section.find(user)[: MOST + 1])
        if len(rows) > MOST:
            cut.append(name)
        sections[name] = [section.show(row) for row in rows[:MOST]]
    return OwnData(now(), _account(user), sections, cut)


def fields(*names: str) -> Callable[[Any], Row]:
    """The named attributes of a row, as they are."""
    return lambda row: {name: getattr(row, name) for name in names}


def _account(user: User) -> Row:
    return {
        "id": user.pk,
        "email": user.email,
        "full_name": user.full_name,
        "phone": user.phone_typed or user.phone,
        "picture_url": user.picture_url,
        "role": user.role,
        "email_verified_at": user.email_verified_at,
        "phone_verified_at": user.phone_verified_at,
        "has_second_factor": has_second_factor(user),
        "created_at": user.created_at,
        "last_login": user.last_login,
    }


def _sessions(user: User) -> "QuerySet[Session]":
    return Session.objects.filter(user=user).order_by("-created_at", "-pk")


def _memberships(user: User) -> "QuerySet[Membership]":
    return Membership.objects.filter(user=user).select_related("organization", "role").order_by("-joined_at", "-pk")


def _membership(row: Membership) -> Row:
    return {
        "organization": row.organization.name,
        "role": row.role.name,
        "status": row.status,
        "joined_at": row.joined_at,
        "ended_at": row.ended_at,
        "ended_name": row.ended_name,
        "ended_email": row.ended_email,
    }


def _deeds(user: User) -> "QuerySet[AuditEntry]":
    return AuditEntry.objects.filter(actor=user).order_by("-at", "-pk")


def _kyc(user: User) -> "QuerySet[KycProfile]":
    return KycProfile.objects.filter(user=user).order_by("pk")


def _papers(user: User) -> "QuerySet[KycDocument]":
    return KycDocument.objects.filter(profile__user=user).order_by("-uploaded_at", "-pk")


def _notifications(user: User) -> "QuerySet[Notification]":
    return Notification.objects.filter(user=user).order_by("-created_at", "-pk")


SEEN = ("created_at", "last_seen_at", "ended_at", "end_reason", "network", "user_agent")
CASE = ("status", "company_name", "company_type", "registered_address", "submitted_at")

register("sessions", Section(_sessions, fields(*SEEN)))
register("memberships", Section(_memberships, _membership))
register("activity", Section(_deeds, fields("at", "action", "target_type", "network")))
register("kyc", Section(_kyc, fields(*CASE)))
register("kyc_documents", Section(_papers, fields("type", "name", "status", "uploaded_at")))
register("notifications", Section(_notifications, fields("created_at", "kind", "title", "message", "read_at")))
