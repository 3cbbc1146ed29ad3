"""What each group of staff may do, and what nobody may but a superuser. Every permission there is stands here once.

The table is the truth that tests hold the database to; a migration in flashspace/migrations carries each change of it.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.contrib.auth.management import create_permissions
from django.db import migrations

Table = dict[str, tuple[str, ...]]

GROUPS: Final[Table] = {
    # Answers people: what they booked, what they owe, why they cannot sign in.
    "Support": (
        "accounts.add_staffnote",
        "accounts.change_mail",
        "accounts.change_session",
        "accounts.change_sms",
        "accounts.change_user",
        "accounts.impersonate_user",
        "accounts.sign_out_user",
        "accounts.unlock_user",
        "accounts.view_invitation",
        "accounts.view_mail",
        "accounts.view_membership",
        "accounts.view_notification",
        "accounts.view_organization",
        "accounts.view_organizationrole",
        "accounts.view_otpchallenge",
        "accounts.view_session",
        "accounts.view_sms",
        "accounts.view_staffnote",
        "accounts.view_supportview",
        "accounts.view_user",
        "billing.view_invoice",
        "billing.view_invoiceline",
        "billing.view_payment",
        "billing.view_refund",
        "bookings.cancel_any_booking",
        "bookings.issue_documents",
        "bookings.view_booking",
        "bookings.view_bookingdocument",
        "bookings.view_timelineentry",
        "listings.view_plan",
        "listings.view_space",
        "listings.view_spacephoto",
    ),
    # Decides who somebody is. The only group that opens papers and reads identity numbers in full.
    "KYC": (
        "accounts.add_staffnote",
        "accounts.open_kyc_document",
        "accounts.review_kyc",
        "accounts.view_identity_numbers",
        "accounts.view_kycdocument",
        "accounts.view_kycprofile",
        "accounts.view_notification",
        "accounts.view_staffnote",
        "accounts.view_user",
        "bookings.view_booking",
        "bookings.view_timelineentry",
    ),
    # Money: what came, what is owed, what goes back, who sells, and which package an organization has.
    "Finance": (
        "accounts.add_staffnote",
        "accounts.set_package",
        "accounts.view_organization",
        "accounts.view_staffnote",
        "accounts.view_user",
        "billing.add_sellerentity",
        "billing.change_sellerentity",
        "billing.close_event",
        "billing.pay_refund",
        "billing.view_gatewayevent",
        "billing.view_invoice",
        "billing.view_invoiceline",
        "billing.view_numberseries",
        "billing.view_payment",
        "billing.view_refund",
        "billing.view_revenue",
        "billing.view_sellerentity",
        "bookings.view_booking",
        "bookings.view_timelineentry",
    ),
    # The catalogue. Knows no customers.
    "Content": (
        "listings.add_plan",
        "listings.add_space",
        "listings.add_spacephoto",
        "listings.change_plan",
        "listings.change_space",
        "listings.change_spacephoto",
        "listings.delete_plan",
        "listings.delete_spacephoto",
        "listings.review_space",
        "listings.view_plan",
        "listings.view_space",
        "listings.view_spacephoto",
        "listings.view_spacerevision",
    ),
    # Keeps it running: mail that does not go out, limits, sessions, who did what, which consultants may begin. Moves no
    # money, opens no papers.
    "Operators": (
        "account.view_emailaddress",
        "accounts.change_mail",
        "accounts.change_session",
        "accounts.change_sms",
        "accounts.sign_out_user",
        "accounts.unlock_user",
        "accounts.view_auditentry",
        "accounts.view_auditseal",
        "accounts.view_backupcode",
        "accounts.view_budget",
        "accounts.view_idempotencykey",
        "accounts.view_invitation",
        "accounts.view_mail",
        "accounts.view_membership",
        "accounts.view_notification",
        "accounts.view_onetimetoken",
        "accounts.view_organization",
        "accounts.view_organizationrole",
        "accounts.view_otpchallenge",
        "accounts.view_session",
        "accounts.view_sms",
        "accounts.view_supportview",
        "accounts.view_totpsetup",
        "accounts.view_user",
        "auth.view_group",
        "consultants.review_consultant",
        "consultants.view_consultant",
        "mfa.view_authenticator",
        "socialaccount.view_socialaccount",
    ),
}


def _of(app: str, *models: str, may: str = "add change delete view") -> tuple[str, ...]:
    return tuple(f"{app}.{word}_{model}" for model in models for word in may.split())


# Rows that only services write, and tables of libraries that no page shows. Rights and groups are a superuser's.
SUPERUSER_ONLY: Final[tuple[str, ...]] = (
    *_of("account", "emailaddress", may="add change delete"),
    *_of("account", "emailconfirmation"),
    *_of("accounts", "auditseal", "backupcode", "totpsetup", may="add change delete"),
    *_of("accounts", "auditentry", "budget", "idempotencykey", "kycdocument", may="add change delete"),
    *_of("accounts", "invitation", "membership", "organization", "organizationrole", may="add change delete"),
    *_of("accounts", "kycprofile", "notification", "onetimetoken", "otpchallenge", may="add change delete"),
    *_of("accounts", "mail", "session", "sms", "user", may="add delete"),
    *_of("accounts", "savedfilter"),
    *_of("accounts", "staffnote", may="change delete"),
    *_of("accounts", "supportview", may="add change delete"),
    *_of("admin", "logentry"),
    *_of("auth", "group", may="add change delete"),
    *_of("auth", "permission"),
    *_of("billing", "gatewayevent", "invoice", "invoiceline", "numberseries", may="add change delete"),
    *_of("billing", "payment", "refund", may="add change delete"),
    *_of("billing", "sellerentity", may="delete"),
    *_of("bookings", "booking", "bookingdocument", "timelineentry", may="add change delete"),
    *_of("consultants", "consultant", may="add change delete"),
    *_of("contenttypes", "contenttype"),
    *_of("listings", "space", may="delete"),
    *_of("listings", "spacerevision", may="add change delete"),
    *_of("mfa", "authenticator", may="add change delete"),
    *_of("sessions", "session"),
    *_of("socialaccount", "socialaccount", may="add change delete"),
    *_of("socialaccount", "socialapp", "socialtoken"),
)


def change_groups(give: Table, take: Table | None = None) -> migrations.RunPython:
    """Give groups permissions and take some back. A group that is not there is made; what a superuser gave it stays.

    Names are written out in each migration, so that an old one does not follow the table above. Going back, what was
    given is taken and what was taken given; groups stay, since people may be in them.
    """
    return migrations.RunPython(_changes(give, take or {}), _changes(take or {}, give))


def _changes(give: Table, take: Table) -> Any:
    def apply(apps: Any, schema_editor: Any) -> None:
        using = schema_editor.connection.alias
        _make_permissions(apps, using)
        group_model = apps.get_model("auth", "Group").objects.using(using)
        for name, wanted in give.items():
            group_model.get_or_create(name=name)[0].permissions.add(*_rows(apps, using, wanted))
        for name, unwanted in take.items():
            for group in group_model.filter(name=name):
                group.permissions.remove(*_rows(apps, using, unwanted))

    return apply


def _make_permissions(apps: Any, using: str) -> None:
    """Django makes them after all migrations only, and groups need them here."""
    for app in apps.get_app_configs():
        was = getattr(app, "models_module", None)
        app.models_module = was or True  # the app of a migration's state has none, and would be passed over
        create_permissions(app, verbosity=0, using=using, apps=apps)
        app.models_module = was  # a real one has its own, without which post_migrate passes it over ever after


def _rows(apps: Any, using: str, names: Iterable[str]) -> list[Any]:
    """Raises LookupError for a name that nothing has at this point of the history."""
    known = {
        f"{row.content_type.app_label}.{row.codename}": row
        for row in apps.get_model("auth", "Permission").objects.using(using).select_related("content_type")
    }
    if unknown := sorted(set(names) - set(known)):
        raise LookupError(f"no permission {', '.join(unknown)}: does the migration depend on the one that makes it?")
    return [known[name] for name in names]
