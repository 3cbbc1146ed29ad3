"""What this app knows about a person: KYC, mails, sessions, notifications, notes, what was done about them."""

from django.urls import reverse
from django.utils.html import format_html

from accounts.admin.customer_page import MOST, Section, list_url, register_section
from accounts.admin.kyc import COLOURS as CASE_COLOURS
from accounts.admin.masks import shown_text
from accounts.admin.outgoing import COLOURS as MAIL_COLOURS
from accounts.admin.pages import label, link_to, when
from accounts.enums import KycStatus, MailStatus
from accounts.models import AuditEntry, KycProfile, Mail, Membership, Notification, OtpChallenge, Session, User
from accounts.phones import written_phone
from accounts.policies import can_end_session
from accounts.selectors.desk import list_notes
from accounts.selectors.mfa import second_factor_of
from accounts.selectors.sessions import device_name, is_open
from accounts.services import budgets
from flashspace.base.clock import now


def notes(person: User, viewer: User) -> Section:
    rows = [(when(note.at), shown_text(viewer, note.text), link_to(note.author)) for note in list_notes(person)[:MOST]]
    more = list_url("accounts_staffnote", q=person.pk)
    return Section("Notes for colleagues", ("When", "Note", "By"), rows, "Nobody wrote anything down.", more)


def kyc(person: User, viewer: User) -> Section:
    """Read with the person."""
    case: KycProfile | None = getattr(person, "kyc", None)
    rows = [
        (
            link_to(case, case.company_name or "The case"),
            label(case.get_status_display(), CASE_COLOURS.get(KycStatus(case.status), "")),
            when(case.submitted_at),
            when(case.decided_at),
        )
        for case in filter(None, (case,))
    ]
    return Section("KYC", ("Case", "State", "Handed in", "Decided"), rows, "There is no case yet.")


def mails(person: User, viewer: User) -> Section:
    newest = Mail.objects.filter(user=person).only("subject", "to", "status", "created_at", "sent_at", "last_error")
    rows = [
        (
            when(mail.created_at),
            link_to(mail, mail.subject),
            label(mail.get_status_display(), MAIL_COLOURS[MailStatus(mail.status)]),
            when(mail.sent_at) if mail.sent_at else mail.last_error or "–",
        )
        for mail in newest.order_by("-created_at")[:MOST]
    ]
    more = list_url("accounts_mail", user__id__exact=person.pk)
    return Section("Mails", ("Written", "Subject", "State", "Sent"), rows, "No mail was written to them.", more)


def sessions(person: User, viewer: User) -> Section:
    newest = Session.objects.filter(user=person).order_by("-created_at")[:MOST]
    rows = []
    for session in newest:
        session.user = person
        ends = is_open(session) and can_end_session(viewer, session)
        rows.append(
            (
                link_to(session, when(session.created_at)),
                device_name(session),
                session.network,
                when(session.last_seen_at),
                label("Live", "success") if is_open(session) else label(session.get_end_reason_display() or "Expired"),
                _end_button(session) if ends else "",
            )
        )
    heads = ("Since", "Device", "Network", "Last used", "State", "")
    more = list_url("accounts_session", user__id__exact=person.pk)
    return Section("Sign-ins", heads, rows, "They never signed in.", more)


def _end_button(session: Session) -> str:
    url = reverse("admin:accounts_session_end", args=[session.pk])
    return format_html(
        '<a class="underline cursor-pointer" href="{}" hx-get="{}" hx-target="#modal-content" hx-select="#dialog"'
        ' x-data x-on:htmx:after-on-load="openModal = true">End</a>',
        url,
        url,
    )


def organizations(person: User, viewer: User) -> Section:
    seats = Membership.objects.filter(user=person).select_related("organization", "role").order_by("-joined_at")
    rows = [
        (
            link_to(seat.organization),
            seat.role.name,
            link_to(seat, seat.get_status_display()),
            when(seat.joined_at),
            when(seat.last_used_at),
        )
        for seat in seats[:MOST]
    ]
    heads = ("Organization", "Role", "State", "Joined", "Last used")
    more = list_url("accounts_membership", q=person.email)
    return Section("Organizations", heads, rows, "They belong to none.", more)


def second_factor(person: User, viewer: User) -> Section:
    factor = second_factor_of(person)
    rows = [
        ("Authenticator app", when(one.since), when(one.last_used_at), f"{one.remaining} of {len(one.codes)}")
        for one in filter(None, (factor,))
    ]
    said = "No backup code is left" if factor and not factor.remaining else ""
    heads = ("Second step", "Set up", "Last used", "Backup codes left")
    return Section("Two-step sign-in", heads, rows, "It is off: a password is enough.", summary=said)


def codes(person: User, viewer: User) -> Section:
    """When a code went out and what was tried; never the code."""
    mine = OtpChallenge.objects.filter(identifier__in=[one for one in (person.email, person.phone) if one])
    rows = [
        (
            link_to(one, one.identifier if "@" in one.identifier else written_phone(one.identifier)),
            when(one.sent_at),
            when(one.expires_at),
            when(one.used_at),
            one.wrong_tries,
            label(when(one.locked_until), "danger") if one.locked_until and one.locked_until > now() else "–",
        )
        for one in mine.order_by("identifier")
    ]
    heads = ("Address", "Code sent", "Good until", "Used", "Wrong tries", "Locked until")
    failures = budgets.counted(budgets.FAILURES, person.email)
    said = f"{failures.count} wrong passwords, counted until {when(failures.resets_at)}" if failures else ""
    return Section("Codes and locks", heads, rows, "No code was sent lately.", summary=said, is_alarming=bool(said))


def notifications(person: User, viewer: User) -> Section:
    newest = Notification.objects.filter(user=person).order_by("-created_at")[:MOST]
    rows = [
        (when(one.created_at), link_to(one, one.title), when(one.read_at) if one.read_at else "Unread")
        for one in newest
    ]
    more = list_url("accounts_notification", user__id__exact=person.pk)
    return Section("Notifications", ("When", "What", "Read"), rows, "Nothing was told to them.", more)


def audit(person: User, viewer: User) -> Section:
    about = AuditEntry.objects.filter(target_type="accounts.user", target_id=str(person.pk)).select_related("actor")
    rows = [
        (
            when(entry.at),
            link_to(entry, entry.action),
            link_to(entry.actor, entry.actor_email) if entry.actor else entry.actor_email or "the system",
            entry.reason or "–",
        )
        for entry in about.order_by("-at", "-id")[:MOST]
    ]
    more = list_url("accounts_auditentry", q=person.pk)
    return Section("Who did what to the account", ("When", "What", "By", "Why"), rows, "Nothing was done.", more)


register_section(10, "accounts.view_staffnote", notes)
register_section(20, "accounts.view_kycprofile", kyc)
register_section(60, "accounts.view_mail", mails)
register_section(70, "accounts.view_session", sessions)
register_section(72, "accounts.view_session", second_factor)
register_section(74, "accounts.view_otpchallenge", codes)
register_section(76, "accounts.view_membership", organizations)
register_section(80, "accounts.view_notification", notifications)
register_section(90, "accounts.view_auditentry", audit)
