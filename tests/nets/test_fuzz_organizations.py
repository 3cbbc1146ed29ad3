"""Two organizations whose people do to each other whatever a call allows, in any order: who is out stays out."""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import jwt
import pytest
from django.core import mail
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from accounts.enums import MembershipStatus, PackageCode
from accounts.mfa_totp import code_of_step, current_step
from accounts.models import AuditEntry, Invitation, Membership, OrganizationRole, User
from accounts.organization_permissions import ALL
from accounts.services.invitations import invite
from accounts.system_roles import ADMIN_ID, OWNER_ID
from tests.factories.accounts import PASSWORD, sign_in_as
from tests.factories.organizations import add_member, make_organization, make_role
from tests.nets.fuzz_cases import cases
from tests.nets.fuzz_wire import Reply
from tests.nets.sequences import Sequence, run
from tests.nets.test_fuzz import on_one_database

pytestmark = [pytest.mark.net, pytest.mark.slow]

SEQUENCES = max(40, cases() // 50)
STEPS = 20
PARTS = SEQUENCES // 10  # so short that a busy machine ends each in time
# A call of each family that asks who it is.
FAMILIES = [
    ("GET", "/api/auth/profile", None),
    ("POST", "/api/user/select-role", {"role": "Landlord"}),
    ("GET", "/api/auth/me", None),
    ("GET", "/api/v1/auth/me", None),
    ("GET", "/api/v1/organizations/me", None),
]
GONE = {MembershipStatus.SUSPENDED, MembershipStatus.DELETED}
number = st.integers(0, 50)
when_in = precondition(lambda self: self.is_in())


@dataclass(frozen=True)
class Held:
    """What a sign-in gave, and which organization it opened."""

    access: str
    refresh: str
    place: str | None

    @property
    def session(self) -> str:
        claims = jwt.decode(self.access, options={"verify_signature": False})
        return str(claims["sid"])


@dataclass
class Person:
    id: str
    held: list[Held] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)  # backup codes that nobody has used

    @property
    def user(self) -> User:
        return User.objects.get(pk=self.id)

    @property
    def token(self) -> str:
        return self.held[-1].access if self.held else ""

    @property
    def place(self) -> str | None:
        return self.held[-1].place if self.held else None


class Colleagues(Sequence):
    """Two owners in one organization and one in the other, each with a member who may all that a role can allow."""

    def __init__(self) -> None:
        super().__init__()
        self.people: list[Person] = []
        self.over: dict[str, str] = {}  # session -> a token of it, which opens nothing any more
        self.links: list[tuple[str, str]] = []  # of invitations: whose mailbox, token
        self.places = [self.furnish("Acme", OWNER_ID), self.furnish("Rivals")]
        self.me = self.people[0]

    def furnish(self, name: str, *partners: int) -> str:
        limits = {"package_code": PackageCode.BASIC, "user_limit": 8, "role_limit": 8}
        place = make_organization(name, **limits)
        owner = place.memberships.get()
        invite(actor=owner, email=f"{uuid4().hex}@people.example", role_id=ADMIN_ID)
        roles = (*partners, make_role(place, *ALL).pk)
        for user in (owner.user, *(add_member(place, role_id=pk).user for pk in roles)):
            tokens = sign_in_as(user, organization=place).tokens
            self.people.append(Person(str(user.pk), [Held(tokens.access, tokens.refresh, str(place.pk))]))
        return str(place.pk)

    def is_in(self) -> bool:
        return bool(self.me.held) and self.me.held[-1].session not in self.over

    def pick(self, at: int) -> Person:
        """Mostly of one's own organization: with others there is only one thing to be seen."""
        colleagues = [one for one in self.people if one.place == self.me.place]
        chosen = colleagues if at % 4 else self.people
        return chosen[at // 4 % len(chosen)]

    def membership_of(self, person: Person, place: str | None) -> Membership | None:
        return Membership.objects.select_related("role").filter(user=person.id, organization=place).first()

    def end(self, person: Person, is_ended: Any) -> None:
        self.over |= {held.session: held.access for held in person.held if is_ended(held)}

    def end_in(self, person: Person, place: str | None) -> None:
        self.end(person, lambda held: held.place == place)

    @invariant()
    def somebody_owns_each(self) -> None:
        for place in self.places:
            owners = Membership.objects.filter(organization=place, role=OWNER_ID, status=MembershipStatus.ACTIVE)
            self.hold(owners.filter(user__is_active=True).exists(), "an organization without an owner")

    @rule(at=number)
    def be(self, at: int) -> None:
        self.me = self.people[at % len(self.people)]

    # Coming and going

    @rule(at=st.integers(0, 2))
    def sign_in(self, at: int) -> None:
        where = {"organization_id": self.places[at]} if at < len(self.places) else {}
        self.arrive(self.call("POST", "/api/v1/auth/login", {**self.credentials(), **where}, token=""))

    def credentials(self) -> dict[str, str]:
        return {"email": self.me.user.email, "password": PASSWORD}

    def arrive(self, reply: Reply) -> bool:
        """Keep what a sign-in gave, after the steps that it asks for. Whether it gave tokens at once."""
        told = reply.json() if reply.status == 200 else {}
        if "access_token" in told:
            place = (told.get("organization") or {}).get("id")
            self.me.held.append(Held(told["access_token"], told["refresh_token"], place))
            member = self.membership_of(self.me, place)
            self.hold(place is None or (member is not None and member.status == "active"), "who is no member is in")
        elif "temp_token" in told and self.me.codes:
            self.show_second_factor(told["temp_token"])
        elif "temp_setup_token" in told:
            self.set_up(told["temp_setup_token"])
        return "access_token" in told

    def show_second_factor(self, token: str) -> None:
        body = {"temp_token": token, "mfa_code": self.me.codes.pop()}
        reply = self.call("POST", "/api/v1/auth/verify-mfa", body, token="")
        self.hold(reply.status == 200, "a right code is refused")
        self.arrive(reply)
        again = self.call("POST", "/api/v1/auth/verify-mfa", body, token="")
        self.hold(again.status == 401, "a code or its token works twice")

    def set_up(self, token: str) -> None:
        offer = self.call("POST", "/api/v1/mfa/setup/initialize", {}, token=token)
        if offer.status == 200:
            code = code_of_step(offer.json()["data"]["secret"], current_step())
            reply = self.call("POST", "/api/v1/mfa/setup/verify", {"code": code}, token=token)
            self.hold(reply.status == 200, "the first code of a new authenticator is refused")
            self.me.codes = reply.json()["data"]["backup_codes"]

    @when_in
    @rule()
    def set_up_a_second_factor(self) -> None:
        self.set_up(self.me.token)

    @precondition(lambda self: self.is_in() and self.me.codes)
    @rule()
    def take_the_second_factor_away(self) -> None:
        reply = self.call("DELETE", "/api/v1/mfa/disable", {"code": self.me.codes[-1]})
        if reply.status == 200:
            self.me.codes = []

    @precondition(lambda self: self.me.held)
    @rule()
    def refresh(self) -> None:
        held = self.me.held[-1]
        reply = self.call("POST", "/api/v1/auth/refresh", {"refresh_token": held.refresh}, token="")
        self.hold(reply.status == (401 if held.session in self.over else 200), f"refresh answered {reply.status}")
        if reply.status == 200:
            self.me.held.append(Held(reply.json()["access_token"], held.refresh, held.place))

    @when_in
    @rule(
        path=st.sampled_from(["/api/v1/auth/logout", "/api/auth/logout", "/api/user/signout", "/api/auth/logout-all"])
    )
    def sign_out(self, path: str) -> None:
        session = self.me.held[-1].session
        if self.call("POST", path).status == 200:
            self.end(self.me, lambda held: path.endswith("-all") or held.session == session)

    @when_in
    @rule(at=number)
    def end_a_session(self, at: int) -> None:
        listed = self.call("GET", "/api/auth/sessions")
        if listed.status == 200:
            ids = [one["id"] for one in listed.json()["data"]]
            chosen = ids[at % len(ids)]
            if self.call("DELETE", f"/api/auth/sessions/{chosen}").status == 200:
                self.end(self.me, lambda held: held.session == chosen)

    @when_in
    @rule(at=number)
    def switch(self, at: int) -> None:
        before, place = self.me.held[-1].session, self.places[at % 2]
        if self.arrive(self.call("PUT", "/api/v1/organizations/switch", {"organization_id": place})):
            self.end(self.me, lambda held: held.session == before)

    @precondition(lambda self: self.over)
    @rule(at=number)
    def use_what_has_ended(self, at: int) -> None:
        token = list(self.over.values())[at % len(self.over)]
        statuses = [self.call(method, path, body, token=token).status for method, path, body in FAMILIES]
        self.hold(set(statuses) == {401}, f"a token of an ended session opens: {statuses}")

    # An e-mail address

    @when_in
    @rule(end=st.sampled_from(["confirm", "keep", "wait"]))
    def change_the_address(self, end: str) -> None:
        old, new = self.me.user.email, f"{uuid4().hex}@people.example"
        if self.call("POST", "/api/auth/change-email", {"newEmail": new, "password": PASSWORD}).status != 200:
            return
        if end == "confirm":
            link = ("token", mailed(new, "confirm-email"))
            done = self.call("GET", "/api/auth/confirm-email", token="", query=(link,))
        elif end == "keep":
            done = self.call("POST", "/api/auth/keep-email", {"token": mailed(old, "keep-email")}, token="")
        self.hold(end == "wait" or done.status == 200, f"{end} is refused")
        self.hold(self.me.user.email == (new if end == "confirm" else old), f"another address after {end}")

    # Who belongs to an organization

    @when_in
    @rule(at=number, role=number, is_new=st.booleans())
    def ask_somebody(self, at: int, role: int, is_new: bool) -> None:
        email = f"{uuid4().hex}@people.example" if is_new else self.pick(at).user.email
        reply = self.call("POST", "/api/v1/invitations", {"email": email, "role_id": self.role(role)})
        if reply.status == 201:
            self.links.append((email, mailed(email, "invitation")))

    @precondition(lambda self: self.links)
    @rule(at=number)
    def accept(self, at: int) -> None:
        email, token = self.links[at % len(self.links)]
        body = {"first_name": "New", "last_name": "Comer", "password": PASSWORD}
        reply = self.call("POST", f"/api/v1/invitations/accept/{token}", body, token="")
        if reply.status == 200:
            self.links.remove((email, token))
            user = User.objects.get(email=email)
            if str(user.pk) not in [one.id for one in self.people]:
                self.people.append(Person(str(user.pk)))

    @when_in
    @rule(at=number, role=number)
    def give_a_role(self, at: int, role: int) -> None:
        person, place = self.pick(at), self.me.place
        before, wanted = self.membership_of(person, place), self.role(role)
        reply = self.call("PUT", f"/api/v1/users/{person.id}", {"role_id": wanted})
        if reply.status == 200 and before and before.role_id != wanted:
            self.hold(wanted != OWNER_ID, "an owner is made by a call")
            self.end_in(person, place)

    @when_in
    @rule(at=number, status=st.sampled_from(["active", *GONE]))
    def set_a_status(self, at: int, status: str) -> None:
        person, place = self.pick(at), self.me.place
        if self.call("PUT", f"/api/v1/users/{person.id}", {"status": status}).status == 200 and status in GONE:
            self.end_in(person, place)

    @when_in
    @rule(at=number)
    def revoke(self, at: int) -> None:
        person, place = self.pick(at), self.me.place
        if self.call("POST", f"/api/v1/users/{person.id}/revoke", {"reason": "Left"}).status == 200:
            self.end_in(person, place)

    # What an organization has

    def role(self, at: int) -> int:
        ids = list(OrganizationRole.objects.order_by("pk").values_list("pk", flat=True))
        return ids[at % len(ids)]

    @when_in
    @rule(allows=st.sets(st.sampled_from(sorted(ALL)), max_size=4), level=st.integers(2, 9))
    def make_a_role(self, allows: set[str], level: int) -> None:
        body = {"name": f"Role {uuid4().hex[:8]}", "permissions": sorted(allows), "hierarchy_level": level}
        self.call("POST", "/api/v1/roles", body)

    @when_in
    @rule(at=number, allows=st.sets(st.sampled_from(sorted(ALL)), max_size=4), is_over=st.booleans())
    def change_a_role(self, at: int, allows: set[str], is_over: bool) -> None:
        path = f"/api/v1/roles/{self.role(at)}"
        self.call("DELETE", path) if is_over else self.call("PUT", path, {"permissions": sorted(allows)})

    @when_in
    @rule(is_on=st.booleans())
    def want_a_second_factor_of_everybody(self, is_on: bool) -> None:
        self.call("PUT", "/api/v1/organizations/me/settings", {"settings": {"mfa_enabled": is_on}})

    @when_in
    @rule(path=st.sampled_from(["users", "roles", "roles/usage-counts", "invitations", "audit-logs", "users/me"]))
    def look_around(self, path: str) -> None:
        self.call("GET", f"/api/v1/{path}")

    @precondition(lambda self: self.is_in() and self.me.place)
    @rule(kind=st.sampled_from(["users", "roles", "invitations", "audit-logs"]))
    def reach_for_the_other_tenant(self, kind: str) -> None:
        """As far as one's role reaches at home, what is another's is as unknown as what is not there."""
        found = self.of_the_other_tenant(kind).values_list("user" if kind == "users" else "pk", flat=True).first()
        mine = self.membership_of(self.me, self.me.place)
        is_open = self.call("GET", "/api/v1/organizations/me").status == 200
        wanted = {404} if is_open and mine and mine.role_id == OWNER_ID else {401, 403, 404}
        status = self.call("DELETE" if kind == "invitations" else "GET", f"/api/v1/{kind}/{found}").status
        self.hold(status in wanted, f"{kind} of another organization: {status}")

    def of_the_other_tenant(self, kind: str) -> Any:
        models = {"roles": OrganizationRole, "invitations": Invitation, "audit-logs": AuditEntry, "users": Membership}
        other = next(place for place in self.places if place != self.me.place)
        ours = Membership.objects.filter(organization=self.me.place).values("user")
        rows = models[kind].objects.filter(organization=other).order_by("pk")
        return rows.exclude(user__in=ours) if kind == "users" else rows


def mailed(to: str, page: str) -> str:
    """The token of the newest link to a page."""
    wanted = re.compile(rf"/{page}\?token=(\S+)")
    texts = (str(one.body) for one in reversed(mail.outbox) if one.to == [to])
    return next(found[1] for text in texts if (found := wanted.search(text)))


@on_one_database
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_colleagues_do_who_is_out_is_out_and_somebody_owns(part: int, db: None, settings: Any) -> None:
    settings.RATE_LIMITS = "off"
    run(Colleagues, part, sequences=-(-SEQUENCES // PARTS), steps=STEPS)
