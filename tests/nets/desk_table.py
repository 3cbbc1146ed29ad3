"""The admin: which group does what with which model. Written by hand, not read from the groups themselves.

A model or a button without a line here fails the build. A superuser does whatever anybody does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.nets.world import STAFF

Groups = tuple[str, ...]
NOBODY: Groups = ()
EVERYBODY: Groups = tuple(one for one in STAFF if one != "superuser")


@dataclass(frozen=True)
class Desk:
    """Who looks at a model's rows, and who else does something with them. Nobody deletes."""

    view: Groups
    add: Groups = NOBODY
    change: Groups = NOBODY
    buttons: Mapping[str, Groups] = field(default_factory=dict)
    files: Mapping[str, Groups] = field(default_factory=dict)  # what a link hands out
    links: Mapping[str, Groups] = field(default_factory=dict)  # what leads on to another page
    superuser_adds: bool = False
    superuser_changes: bool = False
    superuser_deletes: bool = False


def pressed_by(groups: Groups, *names: str) -> dict[str, Groups]:
    return dict.fromkeys(names, groups)


SUPPORT, KYC, FINANCE, CONTENT, OPERATORS = ("Support",), ("KYC",), ("Finance",), ("Content",), ("Operators",)

DESKS = {
    "accounts.auditentry": Desk(OPERATORS),
    "accounts.otpchallenge": Desk(SUPPORT + OPERATORS),
    "accounts.onetimetoken": Desk(OPERATORS),
    "accounts.budget": Desk(OPERATORS),
    "accounts.idempotencykey": Desk(OPERATORS),
    "accounts.kycdocument": Desk(
        KYC, buttons=pressed_by(KYC, "approve", "ask_again", "reject"), files=pressed_by(KYC, "file")
    ),
    "accounts.kycprofile": Desk(
        KYC, buttons=pressed_by(KYC, "approve", "ask_again", "reject"), links=pressed_by(KYC, "next")
    ),
    "accounts.mail": Desk(SUPPORT + OPERATORS, buttons=pressed_by(SUPPORT + OPERATORS, "resend")),
    "accounts.sms": Desk(SUPPORT + OPERATORS, buttons=pressed_by(SUPPORT + OPERATORS, "resend")),
    "accounts.notification": Desk(SUPPORT + KYC + OPERATORS),
    "accounts.session": Desk(SUPPORT + OPERATORS, buttons=pressed_by(SUPPORT + OPERATORS, "end")),
    "accounts.user": Desk(
        SUPPORT + KYC + FINANCE + OPERATORS,
        buttons={
            **pressed_by(NOBODY, "add_colleague", "set_rights", "reset_second_factor"),
            **pressed_by(SUPPORT + KYC + FINANCE, "add_note"),
            **pressed_by(SUPPORT, "edit_details", "send_code", "send_reset_link", "deactivate", "activate", "see_as"),
            **pressed_by(SUPPORT + OPERATORS, "unlock", "end_sessions"),
        },
    ),
    "accounts.auditseal": Desk(OPERATORS),
    "accounts.backupcode": Desk(OPERATORS),
    "accounts.totpsetup": Desk(OPERATORS),
    "accounts.organization": Desk(SUPPORT + FINANCE + OPERATORS, buttons=pressed_by(FINANCE, "give_package")),
    "accounts.organizationrole": Desk(SUPPORT + OPERATORS),
    "accounts.membership": Desk(SUPPORT + OPERATORS),
    "accounts.invitation": Desk(SUPPORT + OPERATORS),
    "accounts.savedfilter": Desk(NOBODY),
    "accounts.staffnote": Desk(SUPPORT + KYC + FINANCE),
    "accounts.supportview": Desk(SUPPORT + OPERATORS),
    "consultants.consultant": Desk(OPERATORS, buttons=pressed_by(OPERATORS, "approve", "reject")),
    "mfa.authenticator": Desk(OPERATORS),
    "account.emailaddress": Desk(OPERATORS),
    "socialaccount.socialaccount": Desk(OPERATORS),
    "auth.group": Desk(OPERATORS, superuser_adds=True, superuser_changes=True, superuser_deletes=True),
    "billing.invoice": Desk(SUPPORT + FINANCE, files=pressed_by(SUPPORT + FINANCE, "open_pdf")),
    "billing.numberseries": Desk(FINANCE),
    "billing.payment": Desk(SUPPORT + FINANCE),
    "billing.gatewayevent": Desk(FINANCE, buttons=pressed_by(FINANCE, "close")),
    "billing.refund": Desk(SUPPORT + FINANCE, buttons=pressed_by(FINANCE, "mark_paid")),
    "billing.sellerentity": Desk(FINANCE, add=FINANCE, change=FINANCE),
    "bookings.booking": Desk(
        SUPPORT + KYC + FINANCE,
        buttons={
            **pressed_by(SUPPORT, "cancel", "issue_papers"),
            **pressed_by(SUPPORT + KYC + FINANCE, "add_note"),
        },
    ),
    "bookings.bookingdocument": Desk(SUPPORT, files=pressed_by(SUPPORT, "file")),
    "bookings.timelineentry": Desk(SUPPORT + KYC + FINANCE),
    "listings.space": Desk(
        SUPPORT + CONTENT,
        add=CONTENT,
        change=CONTENT,
        buttons=pressed_by(CONTENT, "approve", "reject", "reconsider", "take_off", "restore"),
        links=pressed_by(SUPPORT + CONTENT, "next"),  # to another listing, which they may look at too
    ),
    "listings.spacerevision": Desk(
        CONTENT, buttons=pressed_by(CONTENT, "approve", "reject"), links=pressed_by(CONTENT, "next")
    ),
}

# Whoever answers customers lists their invoices; what the platform earned is on the first page for these only.
REVENUE = FINANCE

# The site's own pages -> what is answered to staff, whoever they are; strangers are sent to sign in.
SITE = {
    "/admin/": 200,
    "/admin/search/": 200,
    "/admin/second-factor/": 200,
    "/admin/lists/keep/": 405,  # by POST only
    "/admin/lists/<uuid:filter_id>/drop/": 405,
    "/admin/see-as/<uuid:view_id>/": 404,  # of whoever began to look only
    "/admin/see-as/<uuid:view_id>/end/": 405,
    "/admin/password_change/": 200,
    "/admin/password_change/done/": 200,
    "/admin/jsi18n/": 200,
    "/admin/autocomplete/": 403,  # without a field that completes: nobody
    "/admin/r/<path:content_type_id>/<path:object_id>/": 404,  # no model of ours has a page to go to
}
# On the way in or out: whoever comes.
OPEN = {"/admin/login/", "/admin/login/code/", "/admin/login/setup/", "/admin/logout/"}
APP_INDEX = "/admin/<app_label>/"
CATCH_ALL = "/admin/<url>"
