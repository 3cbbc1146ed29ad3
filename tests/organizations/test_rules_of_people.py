"""Who may do what to whom: each call that asks for a permission, with roles made for it; ranks, tenants, what ends."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import get_resolver

from accounts.enums import DocumentType
from accounts.models import AuditEntry, Invitation, Mail, Notification, OrganizationRole, Session, User
from accounts.organization_permissions import ALL
from accounts.services import audit
from accounts.services.roles import create_role
from flashspace.base.clock import now
from flashspace.dialects.routing import ApiResolver
from tests.accounts.api import Caller, link_token_of, mails_to
from tests.accounts.phones_of_staff import Phone
from tests.factories.accounts import UserFactory, sign_in_as
from tests.factories.bookings import make_booking
from tests.factories.consultants import make_consultant
from tests.factories.kyc import make_case
from tests.factories.organizations import add_member, add_newcomer, make_organization, make_role
from tests.organizations.calls import Colleague, colleague, invitation_token_of, owner

pytestmark = pytest.mark.django_db

NEWCOMER = {"first_name": "Jane", "last_name": "Doe", "password": "SecurePassword123!"}


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


@pytest.fixture
def acme():
    return make_organization(user_limit=50, role_limit=20)


@pytest.fixture
def boss(acme):
    return owner(acme)


def call(caller, method, path, body=None):
    if method in ("GET", "DELETE"):
        return getattr(caller, method.lower())(path)
    return getattr(caller, method.lower())(path, body)


@pytest.fixture
def things(acme, boss):
    """What the paths below name: somebody below everybody, a role of nobody, an invitation, an entry of the machine."""
    low = make_role(acme, "chat.view", level=9)
    boss.post("/api/v1/invitations", {"email": "asked@example.com", "role_id": low.pk})
    return {
        "user": add_newcomer(acme, role_id=low.pk).user_id,
        "role": make_role(acme, level=9).pk,
        "low": low.pk,
        "invitation": Invitation.objects.get().pk,
        "entry": audit.record(action="organization.package_set", actor=None, target=acme, organization=acme).pk,
    }


PAIRS = [
    ("users.view", "GET", "/users", None, 200),
    ("users.view", "GET", "/users/{user}", None, 200),
    ("users.edit", "PUT", "/users/{user}", {"first_name": "Other"}, 200),
    ("users.edit", "PUT", "/users/{user}", {"status": "suspended"}, 200),
    ("users.revoke", "POST", "/users/{user}/revoke", {}, 200),
    ("roles.view", "GET", "/roles", None, 200),
    ("roles.view", "GET", "/roles/{role}", None, 200),
    ("roles.view", "GET", "/roles/permissions", None, 200),
    ("roles.view", "GET", "/roles/usage-counts", None, 200),
    ("roles.create", "POST", "/roles", {"name": "Clerk", "permissions": []}, 201),
    ("roles.edit", "PUT", "/roles/{role}", {"name": "Clerk"}, 200),
    ("roles.delete", "DELETE", "/roles/{role}", None, 200),
    ("invitations.view", "GET", "/invitations", None, 200),
    ("invitations.create", "POST", "/invitations", {"email": "new@example.com", "role_id": "{role}"}, 201),
    ("invitations.cancel", "DELETE", "/invitations/{invitation}", None, 200),
    ("audit.view", "GET", "/audit-logs", None, 200),
    ("audit.view", "GET", "/audit-logs/stats", None, 200),
    ("audit.view", "GET", "/audit-logs/viewable-users", None, 200),
    ("audit.view", "GET", "/audit-logs/{entry}", None, 200),
    ("organizations.view", "GET", "/organizations/me", None, 200),
    ("organizations.view", "GET", "/organizations/me/stats", None, 200),
    ("organizations.edit", "PUT", "/organizations/me", {"city": "Pune"}, 200),
    ("organizations.settings", "PUT", "/organizations/me/settings", {"settings": {"theme": "dark"}}, 200),
    ("users.delete", "PUT", "/users/{user}", {"status": "deleted"}, 200),
    ("roles.assign", "PUT", "/users/{user}", {"role_id": "{role}"}, 200),
]
# What a service asks for, beside what the call asks for.
BESIDE = {"users.delete": ["users.edit"], "roles.assign": ["users.edit"]}


def test_every_call_that_asks_for_a_permission_stands_above():
    """As the URL configuration has them, so that a guard taken off or put on without its pair is found."""
    (api,) = (one for one in get_resolver().url_patterns if isinstance(one, ApiResolver))
    asked = set()
    for one in (route for pattern in api.url_patterns for route in pattern.routes):
        for guard in one.view.permissions.get(one.action, one.view.permission_classes):
            if permission := re.fullmatch(r"MemberWith\((.+)\)", guard.__name__):
                asked.add((permission[1], one.method, one.path))
    listed = {(one[0], one[1], "/api/v1" + re.sub("{.+}", "<str:id>", one[2])) for one in PAIRS if one[0] not in BESIDE}
    assert listed == asked


@pytest.mark.parametrize(("permission", "method", "path", "body", "status"), PAIRS)
def test_a_role_allows_its_call_and_its_absence_forbids_it(acme, things, permission, method, path, body, status):
    path = "/api/v1" + path.format(**things)
    body = body and {key: things["role"] if value == "{role}" else value for key, value in body.items()}
    everything_else = colleague(acme, *(ALL - {permission}))
    refused = call(everything_else, method, path, body)
    assert (refused.status_code, refused.json()["code"]) == (403, "PERMISSION_DENIED")
    just_this = colleague(acme, permission, *BESIDE.get(permission, []))
    answer = call(just_this, method, path, body)
    assert answer.status_code == status, answer.content


ROUTES = [
    ("GET", "/api/v1/users/{}", "user", None),
    ("PUT", "/api/v1/users/{}", "user", {"first_name": "Other"}),
    ("POST", "/api/v1/users/{}/revoke", "user", {}),
    ("GET", "/api/v1/roles/{}", "role", None),
    ("PUT", "/api/v1/roles/{}", "role", {"name": "Clerk"}),
    ("DELETE", "/api/v1/roles/{}", "role", None),
    ("DELETE", "/api/v1/invitations/{}", "invitation", None),
    ("GET", "/api/v1/audit-logs/{}", "entry", None),
]


@pytest.mark.parametrize(("method", "path", "thing", "body"), ROUTES)
def test_another_organizations_thing_is_as_unknown_as_none(things, method, path, thing, body):
    stranger = owner(make_organization("Stranger"))
    unknown = {"role": 2**40}.get(thing, uuid4())
    bodies = []
    for found in (things[thing], unknown, "not-an-id"):
        answer = call(stranger, method, path.format(found), body)
        assert answer.status_code == 404
        bodies.append(answer.json())
    assert bodies[0] == bodies[1]


def test_ids_of_another_organization_are_no_better_in_a_body(acme, boss, things):
    foreign = make_role(make_organization("Stranger"), "users.view")
    asked = boss.post("/api/v1/invitations", {"email": "new@example.com", "role_id": foreign.pk})
    assigned = boss.put(f"/api/v1/users/{things['user']}", {"role_id": foreign.pk})
    assert [asked.status_code, assigned.status_code] == [404, 404]


# Ranks


def test_nobody_gives_a_role_what_they_may_not_do_themselves(acme):
    maker = colleague(acme, "roles.create", "roles.edit", "users.view")
    body = {"name": "Spy", "permissions": ["users.view", "audit.view"]}
    answer = maker.post("/api/v1/roles", body)
    assert (answer.status_code, answer.json()["message"]) == (403, "Your own role does not allow: audit.view")
    low = make_role(acme, "users.view", level=7)
    assert maker.put(f"/api/v1/roles/{low.pk}", {"permissions": ["users.view", "audit.view"]}).status_code == 403
    assert maker.put(f"/api/v1/roles/{low.pk}", {"permissions": []}).json()["data"]["permissions"] == []


@pytest.mark.parametrize("level", [3, 4])
def test_a_role_ranks_below_its_maker(acme, level):
    maker = colleague(acme, "roles.create", level=4)
    body = {"name": "Clerk", "permissions": []}
    assert maker.post("/api/v1/roles", {**body, "hierarchy_level": level}).status_code == 403
    assert maker.post("/api/v1/roles", body).json()["data"]["hierarchy_level"] == 5


@pytest.mark.parametrize("level", [3, 4])
def test_roles_of_ones_own_rank_and_above_are_not_touched(acme, level):
    editor = colleague(acme, "roles.edit", "roles.delete", level=4)
    other = make_role(acme, level=level)
    assert editor.put(f"/api/v1/roles/{other.pk}", {"name": "Mine"}).status_code == 403
    assert editor.delete(f"/api/v1/roles/{other.pk}").status_code == 403
    own = editor.put(f"/api/v1/roles/{editor.membership.role_id}", {"permissions": ["roles.edit"]})
    assert own.status_code == 403


def test_system_roles_stay_as_they_are(boss):
    answers = [boss.put("/api/v1/roles/2", {"name": "Mine"}), boss.delete("/api/v1/roles/1")]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, "SYSTEM_ROLE")] * 2


def test_a_role_that_is_somebodys_is_not_deleted(acme, boss):
    member = add_member(acme, role_id=make_role(acme).pk)
    answer = boss.delete(f"/api/v1/roles/{member.role_id}")
    assert (answer.status_code, answer.json()["code"]) == (400, "ROLE_IN_USE")
    boss.post(f"/api/v1/users/{member.user_id}/revoke")
    assert boss.delete(f"/api/v1/roles/{member.role_id}").status_code == 200
    assert not OrganizationRole.objects.get(pk=member.role_id).is_active


def test_freemium_has_the_two_system_roles_only():
    boss = owner(make_organization())
    answer = boss.post("/api/v1/roles", {"name": "Clerk", "permissions": []})
    assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_LIMIT")


def test_roles_are_as_many_as_the_package_allows():
    acme = make_organization(role_limit=4)
    made = [owner(acme).post("/api/v1/roles", {"name": f"Role {n}", "permissions": []}) for n in range(3)]
    assert [answer.status_code for answer in made] == [201, 201, 403]


@pytest.mark.parametrize("slug", ["admin", "manager"])
def test_a_slug_is_one_roles(acme, boss, slug):
    make_role(acme, slug="manager")
    answer = boss.post("/api/v1/roles", {"name": "Other", "slug": slug, "permissions": []})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"permissions": ["users.fly"]}, "permissions.0"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"name": "x"}, "name"),
        ({"hierarchy_level": 2}, "hierarchy_level"),
    ],
)
def test_a_role_that_cannot_be_is_422(boss, change, field):
    answer = boss.post("/api/v1/roles", {"name": "Clerk", "permissions": [], **change})
    assert answer.status_code == 422
    assert field in answer.json()["errors"]


def test_people_of_ones_own_rank_and_above_are_not_touched(acme, boss):
    editor = colleague(acme, "users.edit", "users.revoke", level=4)
    above = [add_member(acme, role_id=make_role(acme, level=level).pk) for level in (3, 4)]
    answers = [editor.put(f"/api/v1/users/{one.user_id}", {"first_name": "No"}) for one in above]
    answers += [editor.post(f"/api/v1/users/{one.user_id}/revoke") for one in above]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(400, "RANK_TOO_HIGH")] * 4


def test_owners_and_oneself_are_not_ended(acme, boss):
    admin = Colleague(add_member(acme).user, acme)
    ended = admin.post(f"/api/v1/users/{boss.user.pk}/revoke")
    itself = boss.post(f"/api/v1/users/{boss.user.pk}/revoke")
    partner = add_member(acme, role_id=1)
    equal = boss.post(f"/api/v1/users/{partner.user_id}/revoke")
    assert [(one.status_code, one.json()["code"]) for one in (ended, itself, equal)] == [
        (400, "OWNER_REQUIRED"),
        (400, "OWN_MEMBERSHIP"),
        (400, "OWNER_REQUIRED"),
    ]


def test_nobody_becomes_an_owner_by_the_api(acme, boss, things):
    assert boss.put(f"/api/v1/users/{things['user']}", {"role_id": 1}).status_code == 403
    asked = boss.post("/api/v1/invitations", {"email": "new@example.com", "role_id": 1})
    assert (asked.status_code, asked.json()["code"]) == (400, "OWNER_REQUIRED")


def test_an_owner_may_put_a_partner_down_but_somebody_owns(acme, boss):
    partner = Colleague(add_member(acme, role_id=1).user, acme)
    assert boss.put(f"/api/v1/users/{partner.user.pk}", {"role_id": 2}).status_code == 200
    assert partner.get("/api/v1/roles").status_code == 401
    again = Colleague(partner.user, acme)
    assert again.put(f"/api/v1/users/{boss.user.pk}", {"role_id": 2}).status_code == 400


# Who left


def ask_in(boss, email):
    assert boss.post("/api/v1/invitations", {"email": email, "role_id": 2}).status_code == 201
    return invitation_token_of(email)


@pytest.mark.parametrize("status", ["revoked", "deleted"])
@pytest.mark.parametrize(
    "change",
    [{"status": "active"}, {"status": "suspended"}, {"role_id": 2}, {"first_name": "Other"}, {"email": "a@b.example"}],
)
def test_who_left_is_brought_back_and_changed_by_nobody(acme, boss, things, status, change):
    person = User.objects.get(pk=things["user"])
    seat = person.memberships.get()
    person.memberships.update(status=status, ended_at=now())
    answer = boss.put(f"/api/v1/users/{person.pk}", change)
    assert (answer.status_code, answer.json()["code"]) == (409, "MEMBER_LEFT")
    assert (person.memberships.get().status, person.memberships.get().role_id) == (status, seat.role_id)
    assert Caller().post(f"/api/v1/invitations/accept/{ask_in(boss, person.email)}").status_code == 200
    assert person.memberships.get().status == "active"


def test_a_suspension_is_lifted_by_a_colleague(acme, boss, things):
    for status in ("suspended", "active"):
        answer = boss.put(f"/api/v1/users/{things['user']}", {"status": status})
        assert (answer.status_code, answer.json()["data"]["status"]) == (200, status)


# What ends at once


@pytest.mark.parametrize("change", [{"status": "suspended"}, {"status": "deleted"}, {"role_id": 2}])
def test_the_next_request_with_the_old_token_is_refused(acme, boss, things, change):
    low = Colleague(User.objects.get(pk=things["user"]), acme)
    elsewhere = make_organization("Elsewhere")
    add_member(elsewhere, user=low.user)
    other = Colleague(low.user, elsewhere)
    assert boss.put(f"/api/v1/users/{low.user.pk}", change).status_code == 200
    assert low.get("/api/v1/roles").status_code == 401
    assert other.get("/api/v1/roles").status_code == 200


def test_revoking_ends_sessions_here_and_tells_the_person(acme, boss):
    low = Colleague(add_member(acme).user, acme)
    private = sign_in_as(low.user).session
    assert boss.post(f"/api/v1/users/{low.user.pk}/revoke", {"reason": "Violation of terms"}).status_code == 200
    assert low.get("/api/v1/roles").status_code == 401
    assert Session.objects.get(pk=low.session.pk).end_reason == "removed"
    assert Session.objects.get(pk=private.pk).ended_at is None
    assert "Violation of terms" in mails_to(low.user.email, "access_ended")[0].text
    entry = AuditEntry.objects.get(action="user.revoke")
    assert (entry.organization, entry.target_id, entry.reason) == (acme, str(low.user.pk), "Violation of terms")
    assert Notification.objects.get(user=low.user).kind == "user.revoke"
    assert boss.post(f"/api/v1/users/{low.user.pk}/revoke").status_code == 409


def test_who_takes_over_from_a_revoked_colleague_is_named_in_the_log(acme, boss):
    leaver, heir = (add_member(acme) for _ in range(2))
    body = {"transfer_data": True, "transfer_to_user_id": str(heir.user_id)}
    assert boss.post(f"/api/v1/users/{leaver.user_id}/revoke", body).status_code == 200
    (entry,) = boss.get("/api/v1/audit-logs?action=user.revoke").json()["data"]
    assert entry["new_values"] == {"status": "revoked", "successor": str(heir.user_id)}


@pytest.mark.parametrize(
    ("choose", "status", "words"),
    [
        (lambda acme, leaver: leaver, 422, b"with the same role"),
        (lambda acme, leaver: add_member(acme, status="suspended"), 422, b"with the same role"),
        (lambda acme, leaver: add_member(acme, role_id=make_role(acme).pk), 422, b"with the same role"),
        (lambda acme, leaver: add_member(make_organization("Stranger")), 404, b"User not found"),
    ],
    ids=["oneself", "suspended", "another role", "of another organization"],
)
def test_nobody_is_revoked_for_a_successor_who_cannot_be(acme, boss, choose, status, words):
    leaver = add_member(acme)
    body = {"transfer_data": True, "transfer_to_user_id": str(choose(acme, leaver).user_id)}
    answer = boss.post(f"/api/v1/users/{leaver.user_id}/revoke", body)
    assert (answer.status_code, words in answer.content) == (status, True), answer.content
    leaver.refresh_from_db()
    assert leaver.status == "active"


@pytest.mark.parametrize(
    "body",
    [
        {"transfer_data": True},
        {"transfer_data": True, "transfer_to_user_id": None},
        {"transfer_data": False, "transfer_to_user_id": str(uuid4())},
        {"transfer_to_user_id": str(uuid4())},
    ],
)
def test_a_transfer_that_is_asked_for_by_half_is_422_and_revokes_nobody(acme, boss, body):
    leaver = add_member(acme)
    answer = boss.post(f"/api/v1/users/{leaver.user_id}/revoke", body)
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"transfer_to_user_id"})
    without = {"transfer_data": False, "transfer_to_user_id": None}
    assert boss.post(f"/api/v1/users/{leaver.user_id}/revoke", without).status_code == 200


def test_ones_own_second_factor_is_no_role_s_to_forbid(acme):
    low = colleague(acme)
    offer = low.post("/api/v1/mfa/setup/initialize").json()["data"]
    phone = Phone(offer["secret"])
    assert low.post("/api/v1/mfa/setup/verify", {"code": phone.code(-1)}).status_code == 200
    assert low.get("/api/v1/mfa/backup-codes").status_code == 200
    assert low.post("/api/v1/mfa/backup-codes/regenerate").status_code == 200
    assert low.delete("/api/v1/mfa/disable", {"code": phone.code()}).status_code == 200


def test_a_change_of_the_role_holds_at_once(acme, boss):
    viewer = colleague(acme, "users.view")
    assert viewer.get("/api/v1/users").status_code == 200
    boss.put(f"/api/v1/roles/{viewer.membership.role_id}", {"permissions": ["chat.view"]})
    assert viewer.get("/api/v1/users").status_code == 403


def test_a_session_of_no_organization_gets_nothing(acme, boss):
    caller = Caller(token=sign_in_as(boss.user).tokens.access)
    assert caller.get("/api/v1/roles").status_code == 403


# Somebody else's name and address


def test_a_new_address_waits_for_its_mailbox(acme, boss, things):
    person = User.objects.get(pk=things["user"])
    answer = boss.put(f"/api/v1/users/{person.pk}", {"email": "newemail@example.com"})
    assert (answer.status_code, answer.json()["data"]["email"]) == (200, person.email)
    person.refresh_from_db()
    assert (person.pending_email, person.is_email_verified) == ("newemail@example.com", True)
    old = person.email
    assert acme.name in mails_to(old, "email_change_asked")[0].text
    assert Caller().get(f"/api/auth/confirm-email?token={link_token_of('newemail@example.com', 'email_change')}")
    person.refresh_from_db()
    assert person.email == "newemail@example.com"
    kept = {"token": link_token_of(old, "email_change_asked")}
    assert Caller().post("/api/auth/keep-email", kept).status_code == 200
    person.refresh_from_db()
    assert person.email == old


def test_nobody_here_changes_who_had_an_account_before(acme, boss):
    """Else whoever once accepted an invitation with it lost it to an address of the organization's choice."""
    token = ask_in(boss, UserFactory(email="jane@example.com", full_name="Jane Roe").email)
    assert Caller().post(f"/api/v1/invitations/accept/{token}").status_code == 200
    jane = User.objects.get(email="jane@example.com")
    for change in ({"email": "mine@attacker.example"}, {"first_name": "Other"}):
        answer = boss.put(f"/api/v1/users/{jane.pk}", change)
        assert (answer.status_code, answer.json()["code"]) == (403, "BELONGS_ELSEWHERE")
    jane.refresh_from_db()
    assert (jane.pending_email, jane.full_name) == ("", "Jane Roe")


def test_whose_account_an_invitation_made_may_get_another_address_from_it(acme, boss):
    token = ask_in(boss, "jane@example.com")
    assert Caller().post(f"/api/v1/invitations/accept/{token}", NEWCOMER).status_code == 200
    jane = User.objects.get(email="jane@example.com")
    answer = boss.put(f"/api/v1/users/{jane.pk}", {"email": "jane.doe@acme.example"})
    assert (answer.status_code, answer.json()["data"]["pending_email"]) == (200, "jane.doe@acme.example")


def _in_another_organization(user):
    add_member(make_organization("Elsewhere"), user=user)


def _has_shown_papers(user):
    make_case(DocumentType.GST_CERTIFICATE, user=user)


def _is_a_colleague_of_ours(user):
    User.objects.filter(pk=user.pk).update(is_staff=True)


def _lets_out_spaces(user):
    User.objects.filter(pk=user.pk).update(role="owner")


def _is_a_consultant(user):
    make_consultant(user)


def _has_booked(user):
    make_booking(customer=user)


@pytest.mark.parametrize(
    "happen",
    [
        _in_another_organization,
        _has_shown_papers,
        _is_a_colleague_of_ours,
        _lets_out_spaces,
        _is_a_consultant,
        _has_booked,
    ],
)
@pytest.mark.parametrize("change", [{"email": "mine@attacker.example"}, {"first_name": "Other"}])
def test_nobody_here_changes_who_somebody_is_elsewhere(acme, boss, things, happen, change):
    person = User.objects.get(pk=things["user"])
    happen(person)
    answer = boss.put(f"/api/v1/users/{person.pk}", change)
    assert (answer.status_code, answer.json()["code"]) == (403, "BELONGS_ELSEWHERE")
    person.refresh_from_db()
    assert (person.pending_email, person.full_name) == ("", "John Doe")
    same = {"first_name": "John", "last_name": "Doe", "email": person.email, "status": "suspended"}
    assert boss.put(f"/api/v1/users/{person.pk}", same).status_code == 200


# The log


def test_the_log_shows_ranks_below_and_the_machine(acme, boss):
    upper = colleague(acme, "audit.view", "roles.create", level=3)
    lower = colleague(acme, "audit.view", "roles.create", level=5)
    for one, name in ((boss, "By owner"), (upper, "By upper"), (lower, "By lower")):
        create_role(actor=one.membership, name=name, permissions=[])
    seen = {
        who: {entry["new_values"]["name"] for entry in one.get("/api/v1/audit-logs?action=role.created").json()["data"]}
        for who, one in (("boss", boss), ("upper", upper), ("lower", lower))
    }
    assert seen == {
        "boss": {"By owner", "By upper", "By lower"},
        "upper": {"By upper", "By lower"},
        "lower": {"By lower"},
    }
    assert lower.get("/api/v1/audit-logs/stats").json()["data"]["total_actions"] == 1
    theirs = AuditEntry.objects.get(actor=boss.user)
    assert lower.get(f"/api/v1/audit-logs/{theirs.pk}").status_code == 404


def test_the_log_is_searched_by_who_what_and_when(acme, boss):
    upper = colleague(acme, "roles.create", level=3, user=UserFactory(email="upper@acme.com"))
    with time_machine.travel("2026-03-10T09:00:00Z", tick=False):
        role = create_role(actor=upper.membership, name="Clerk", permissions=[])
    create_role(actor=boss.membership, name="Guard", permissions=[])
    questions = {
        f"user_id={upper.user.pk}": 1,
        "entity_type=role": 2,
        f"entity_id={role.pk}": 1,
        "search=clerk": 1,
        "search=upper@acme": 1,
        "from_date=2026-03-10&to_date=2026-03-10": 1,
        "to_date=2026-03-09": 0,
        "action=role.deleted": 0,
    }
    assert {asked: boss.get(f"/api/v1/audit-logs?{asked}").json()["total"] for asked in questions} == questions
    assert boss.get("/api/v1/audit-logs?from_date=yesterday").status_code == 422


def test_a_colleague_of_ours_is_not_named_in_the_log(acme, boss):
    staff = UserFactory(email="desk@flashspace.example", is_staff=True)
    audit.record(action="organization.package_set", actor=staff, target=acme, organization=acme)
    answer = boss.get("/api/v1/audit-logs?search=desk")
    assert answer.json()["total"] == 0
    entry = boss.get("/api/v1/audit-logs").json()["data"][0]
    assert (entry["user"], entry["user_id"], entry["ip_address"]) == (None, None, None)


@pytest.mark.parametrize(
    "path", ["/api/v1/users", "/api/v1/roles", "/api/v1/invitations", "/api/v1/audit-logs", "/api/v1/audit-logs/stats"]
)
def test_a_list_asks_as_often_for_three_rows_as_for_one(acme, boss, path, django_assert_max_num_queries):
    counts = []
    for number in (1, 2):
        for more in range(number):
            role = make_role(acme)
            add_member(acme, role_id=role.pk)
            boss.post("/api/v1/invitations", {"email": f"asked-{number}-{more}@example.com", "role_id": role.pk})
        with django_assert_max_num_queries(10) as queries:
            assert boss.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_time_and_mail_of_an_invitation(acme, boss):
    boss.post("/api/v1/invitations", {"email": "new@example.com", "role_id": 2, "message": "Welcome"})
    mail = Mail.objects.get(template="invitation")
    assert "Welcome" in mail.text
    assert invitation_token_of("new@example.com") not in mail.text  # only a mark of it
    assert Invitation.objects.get().expires_at - now() > timedelta(days=6, hours=23)
