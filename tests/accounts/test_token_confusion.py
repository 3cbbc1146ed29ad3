"""One door for five dialects: what is no good token is 401 at each of them, in its own words, and never a 500.

Two tables, read across: the forgeries of tests/accounts/forge.py and what ends a session, against one route of each
family. A person is the same in every dialect, so a token is too; what differs is what the account may do there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.api.cookie import NAME as COOKIE
from accounts.enums import EndReason, Role, TokenPurpose
from accounts.models import Membership, Session, User
from accounts.services import members, one_time_tokens, password_change, role_choice, sessions, users
from accounts.services.sessions import SignIn
from accounts.system_roles import ADMIN_ID
from flashspace.base.clock import now
from tests.accounts.forge import FORGERIES, Forge
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as
from tests.factories.consultants import make_approved
from tests.factories.organizations import add_member, make_organization, make_role, owner_of

pytestmark = pytest.mark.django_db

ORIGIN = "http://testserver"
NEW_PASSWORD = "quiet river under 9 bridges"
FLASHSPACE = {"success", "message", "error"}
RENTO = {"success", "error", "message", "details", "timestamp"}
NANO = {"error", "code"}
NAKKSHA = {"error", "message", "code", "statusCode", "timestamp", "path", "method"}
WORKSPACE = {"statusCode", "message", "error"}


def customer() -> SignIn:
    return sign_in_as(UserFactory())


def undecided() -> SignIn:
    return sign_in_as(UserFactory(is_role_open=True), dialect="rento")


def consultant() -> SignIn:
    return sign_in_as(make_approved().user, dialect="nakksha")


def member() -> SignIn:
    acme = make_organization()
    return sign_in_as(add_member(acme).user, dialect="workspace", organization=acme)


def colleague() -> SignIn:
    return sign_in_as(StaffFactory(is_superuser=True))


@dataclass(frozen=True)
class Family:
    """A route that asks who calls, who may, and the keys of the dialect's refusals."""

    path: str
    sign_in: Callable[[], SignIn]
    keys: set[str]
    body: dict[str, Any] | None = None
    by_cookie: bool = False

    def call(self, token: str) -> HttpResponse:
        client = Client(raise_request_exception=False)
        headers = {"Origin": ORIGIN} if self.by_cookie else {"Authorization": f"Bearer {token}"}
        if self.by_cookie:
            client.cookies[COOKIE] = token
        if self.body is None:
            return client.get(self.path, headers=headers)
        return client.post(self.path, self.body, "application/json", headers=headers)


ROLE = {"role": "Landlord"}
FAMILIES = {
    "flashspace": Family("/api/auth/profile", customer, FLASHSPACE),
    "rento": Family("/api/user/select-role", undecided, RENTO, ROLE),
    "rento by cookie": Family("/api/user/select-role", undecided, RENTO, ROLE, by_cookie=True),
    "nano": Family("/api/auth/me", customer, NANO),
    "nakksha": Family("/api/v1/auth/me", consultant, NAKKSHA),
    "workspace": Family("/api/v1/roles", member, WORKSPACE),
    "staff's": Family("/api/virtualOffice/getAll?deleted=true", colleague, FLASHSPACE),
}


def statuses(token: str) -> set[int]:
    """What the families answer one token."""
    return {family.call(token).status_code for family in FAMILIES.values()}


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_control_the_good_token_opens_each_family(family):
    opened = family.sign_in()
    assert family.call(Forge(opened).signed()).status_code == 200
    User.objects.update(is_role_open=True)
    assert family.call(opened.tokens.access).status_code == 200


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_401_in_every_family_and_none_says_why(name):
    answers = {}
    for title, family in FAMILIES.items():
        answer = family.call(FORGERIES[name](Forge(family.sign_in())))
        body = answer.json()
        answers[title] = (answer.status_code, body.get("success", False), set(body) >= family.keys)
    assert answers == dict.fromkeys(FAMILIES, (401, False, True))


def test_there_are_more_than_40_of_them():
    assert len(FORGERIES) > 40


# Signed by our own key with claims that could be ours: nobody but us makes these.
AS_IF_OURS = {"session unknown", "user unknown", "user of another session", "of a session of somebody else"}


def test_no_forgery_learns_how_far_it_came():
    family = FAMILIES["flashspace"]
    forge = Forge(family.sign_in())
    said = {name: family.call(forgery(forge)).json()["message"] for name, forgery in FORGERIES.items()}
    assert {name for name, words in said.items() if words != "Missing or invalid token"} == AS_IF_OURS


# What ends a session


def log_out(opened: SignIn) -> None:
    sessions.end_session(session=opened.session, reason=EndReason.LOGOUT)


def log_out_everywhere(opened: SignIn) -> None:
    sessions.end_all_sessions(user=opened.user, reason=EndReason.LOGOUT_ALL)


def change_password(opened: SignIn) -> None:
    user = User.objects.get(pk=opened.user.pk)
    password_change.change_password(user=user, current_password=PASSWORD, new_password=NEW_PASSWORD)


def reset_password(opened: SignIn) -> None:
    token = one_time_tokens.issue_token(user=opened.user, purpose=TokenPurpose.RESET_PASSWORD)
    password_change.reset_password(token=token, new_password=NEW_PASSWORD)


def end_it_from_another_device(opened: SignIn) -> None:
    sessions.end_own_session(user=opened.user, session_id=opened.session.pk)


def end_all_others(opened: SignIn) -> None:
    sessions.end_other_sessions(session=sign_in_as(opened.user).session)


def be_revoked_by_staff(opened: SignIn) -> None:
    sessions.revoke_session(session=opened.session, actor=StaffFactory(is_superuser=True))


def be_deactivated(opened: SignIn) -> None:
    users.deactivate_user(user=opened.user, actor=StaffFactory(is_superuser=True), reason="asked for it")


def become_staff_or_leave(opened: SignIn) -> None:
    boss = StaffFactory(is_superuser=True)
    users.set_rights(user=opened.user, is_staff=not opened.user.is_staff, is_superuser=False, groups=[], actor=boss)


def get_another_role_from_staff(opened: SignIn) -> None:
    role = Role.CUSTOMER if opened.user.role == Role.OWNER else Role.OWNER
    boss = StaffFactory(is_superuser=True)
    users.update_details(user=opened.user, full_name=opened.user.full_name, role=role, actor=boss)


def be_deactivated_by_hand(opened: SignIn) -> None:
    """Past the service, which would have ended the session: every request reads the person too."""
    User.objects.filter(pk=opened.user.pk).update(is_active=False)


def be_deleted(opened: SignIn) -> None:
    User.objects.filter(pk=opened.user.pk).delete()


def grow_old(opened: SignIn) -> None:
    Session.objects.filter(pk=opened.session.pk).update(expires_at=now() - timedelta(seconds=1))


def be_removed_from_the_table(opened: SignIn) -> None:
    Session.objects.filter(pk=opened.session.pk).delete()


def take_a_used_refresh_token_back(opened: SignIn) -> None:
    sessions.end_session(session=opened.session, reason=EndReason.REUSED)


ENDS = (
    log_out,
    log_out_everywhere,
    change_password,
    reset_password,
    end_it_from_another_device,
    end_all_others,
    be_revoked_by_staff,
    be_deactivated,
    become_staff_or_leave,
    get_another_role_from_staff,
    be_deactivated_by_hand,
    be_deleted,
    grow_old,
    be_removed_from_the_table,
    take_a_used_refresh_token_back,
)


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_the_next_request_with_the_old_token_is_refused_in_every_family(end):
    answers = {}
    for title, family in FAMILIES.items():
        opened = family.sign_in()
        stranger = family.sign_in()
        end(opened)
        answer = family.call(opened.tokens.access)
        answers[title] = (
            answer.status_code,
            set(answer.json()) >= family.keys,
            family.call(stranger.tokens.access).status_code,
        )
    assert set(answers.values()) == {(401, True, 200)}, answers


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_one_old_token_is_refused_by_all_families(end):
    opened = member()
    assert 401 not in statuses(opened.tokens.access)
    end(opened)
    assert statuses(opened.tokens.access) == {401}


def test_another_name_or_ones_own_first_choice_of_a_role_ends_nothing():
    opened = undecided()
    boss, role = StaffFactory(is_superuser=True), opened.user.role
    users.update_details(user=opened.user, full_name="Asha Rao", role=role, actor=boss)
    role_choice.choose_role(user=opened.user, role=Role.OWNER)
    assert 401 not in statuses(opened.tokens.access)


LOGOUTS = {
    "flashspace": Family("/api/auth/logout", customer, FLASHSPACE, {}),
    "flashspace, everywhere": Family("/api/auth/logout-all", customer, FLASHSPACE, {}),
    "rento": Family("/api/user/signout", undecided, RENTO, {}),
    "rento by cookie": Family("/api/user/signout", undecided, RENTO, {}, by_cookie=True),
    "nakksha": Family("/api/v1/auth/logout", consultant, NAKKSHA, {}),
    "workspace": Family("/api/v1/auth/logout", member, WORKSPACE, {}),
    "workspace's call by a customer": Family("/api/v1/auth/logout", customer, WORKSPACE, {}),
}


@pytest.mark.parametrize("dialect", LOGOUTS)
def test_each_logout_ends_its_token_for_all_families(dialect):
    opened = LOGOUTS[dialect].sign_in()
    other = sign_in_as(opened.user)
    assert 401 not in statuses(opened.tokens.access)
    assert LOGOUTS[dialect].call(opened.tokens.access).status_code == 200
    assert statuses(opened.tokens.access) == {401}
    assert (statuses(other.tokens.access) == {401}) is (dialect == "flashspace, everywhere")


def seen_by_owner(opened: SignIn) -> Membership:
    organization = opened.session.organization
    return Membership.objects.select_related("role", "user", "organization").get(
        user=owner_of(organization), organization=organization
    )


def be_suspended(opened: SignIn) -> None:
    members.update_member(actor=seen_by_owner(opened), user_id=opened.user.pk, values={"status": "suspended"})


def be_removed(opened: SignIn) -> None:
    members.update_member(actor=seen_by_owner(opened), user_id=opened.user.pk, values={"status": "deleted"})


def be_revoked(opened: SignIn) -> None:
    members.revoke_member(actor=seen_by_owner(opened), user_id=opened.user.pk, reason="left")


def get_another_role(opened: SignIn) -> None:
    role = make_role(opened.session.organization, "chat.view")
    members.update_member(actor=seen_by_owner(opened), user_id=opened.user.pk, values={"role_id": role.pk})


@pytest.mark.parametrize("end", [be_suspended, be_removed, be_revoked, get_another_role], ids=lambda end: end.__name__)
def test_what_ends_or_changes_a_membership_ends_the_session_there_and_no_other(end):
    opened = member()
    elsewhere, private = make_organization("Elsewhere"), sign_in_as(opened.user)
    add_member(elsewhere, user=opened.user, role_id=ADMIN_ID)
    there = sign_in_as(opened.user, dialect="workspace", organization=elsewhere)
    end(opened)
    assert statuses(opened.tokens.access) == {401}
    assert FAMILIES["workspace"].call(there.tokens.access).status_code == 200
    assert FAMILIES["flashspace"].call(private.tokens.access).status_code == 200
