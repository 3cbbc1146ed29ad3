"""The people of the matrix, each with what is theirs, and what signs them in."""

from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.files.storage import default_storage
from django.db.models import AutoField, BigAutoField, DateTimeField, EmailField, Field, ForeignKey, IntegerField, Model
from django.test import Client, TestCase

from accounts.enums import DocumentType, EndReason, PackageCode, Role
from accounts.models import Organization, User
from accounts.services import audit, budgets, idempotency, one_time_tokens, otp
from accounts.services.desk import add_note
from accounts.services.invitations import invite
from accounts.services.kyc import submit_document
from accounts.services.notify import notify
from accounts.services.sessions import end_session
from accounts.system_roles import ADMIN_ID
from billing.enums import Gateway, PaymentStatus, RefundCause
from billing.models import Payment, Refund
from billing.services.payments import start_payment
from bookings.enums import BookingStatus
from bookings.models import Booking
from flashspace.base.ciphertext import CiphertextField
from flashspace.base.clock import now
from flashspace.base.crypto import encrypt
from listings.enums import SpaceKind, SpaceStatus
from listings.models import Space
from listings.services.spaces import update_space
from tests.accounts.papers import paper
from tests.factories.accounts import UserFactory, sign_in_as
from tests.factories.bookings import make_booking, make_space
from tests.factories.kyc import make_case
from tests.factories.listings import SpaceFactory
from tests.factories.organizations import add_member, add_newcomer, make_organization, make_role
from tests.factories.staff import make_groups

GROUPS = ("Support", "KYC", "Finance", "Content", "Operators")
STRANGERS = ("anonymous", "ended", "deactivated", "former staff")  # nobody, or nobody any more
PEOPLE = ("unverified", "customer", "other customer", "owner", "other owner")
STAFF = ("staff without group", *GROUPS, "superuser")
ACTORS = (*STRANGERS, *PEOPLE, *STAFF)
# Of organizations, and asked at their calls only: one whose role allows nothing there, an admin of another one.
COLLEAGUES = {"member": "owner", "other admin": "other owner"}

CUSTOMERS = ("customer", "other customer", "ended", "deactivated")
OWNERS = ("owner", "other owner")


@dataclass
class World:
    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    browsers: dict[str, str] = field(default_factory=dict)  # the sessions of the admin, from before anybody left
    # what a route's id may name -> whose -> its id
    things: dict[str, dict[str, str]] = field(default_factory=dict)

    def client(self, actor: str) -> Client:
        """The API's bearer token and, as a browser would have it, the session of the admin."""
        client = Client(raise_request_exception=False)
        if actor == "anonymous":
            return client
        client.cookies[settings.SESSION_COOKIE_NAME] = self.browsers[actor]
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens[actor]}"
        return client

    def own(self, thing: str, actor: str) -> str | None:
        return self.things[thing].get(actor)

    def foreign(self, thing: str, actor: str) -> str:
        """Somebody else's: of the first owner who is not this actor."""
        return next(one for whose, one in self.things[thing].items() if whose != actor)

    def _keep(self, thing: str, whose: str, id: Any) -> None:
        self.things.setdefault(thing, {})[whose] = str(id)


def make_world() -> World:
    world = World()
    if not Group.objects.filter(name__in=GROUPS).exists():  # a test with real transactions took them away
        make_groups()
    for actor in (*ACTORS, *COLLEAGUES):
        if actor != "anonymous":
            world.users[actor] = _make_user(actor)
    with TestCase.captureOnCommitCallbacks(execute=True):  # agreements and NOCs are made then
        for name in CUSTOMERS:
            _furnish_customer(world, name)
    for name in OWNERS:
        _furnish_owner(world, name)
    for name, owner in COLLEAGUES.items():
        _furnish_colleague(world, name, owner)
    _furnish_everybody(world)
    _furnish_desk(world)
    for actor, user in world.users.items():
        organization = Organization.objects.filter(pk=world.own("organization", actor)).first()
        opened = sign_in_as(user, organization=organization)
        world.tokens[actor] = opened.tokens.access
        world._keep("session", actor, sign_in_as(user).session.pk)
        browser = Client()
        browser.force_login(user)
        world.browsers[actor] = browser.cookies[settings.SESSION_COOKIE_NAME].value
        if actor == "ended":
            end_session(session=opened.session, reason=EndReason.LOGOUT)
    User.objects.filter(pk__in=[world.users["deactivated"].pk, world.users["former staff"].pk]).update(is_active=False)
    return world


def _make_user(actor: str) -> User:
    user: User = UserFactory(
        email=f"{actor.replace(' ', '-').lower()}@people.example",
        full_name=f"Person {actor}",
        role=Role.OWNER if actor in OWNERS else Role.CUSTOMER,
        email_verified_at=None if actor == "unverified" else now(),
        is_staff=actor in STAFF or actor == "former staff",
        is_superuser=actor in {"superuser", "former staff"},
    )
    if actor in GROUPS:
        user.groups.add(Group.objects.get(name=actor))
    return user


def _furnish_customer(world: World, name: str) -> None:
    """A booking that waits for money, one that is active, and what belongs to them."""
    user = world.users[name]
    case = make_case(DocumentType.GST_CERTIFICATE, user=user)
    active = make_booking(BookingStatus.ACTIVE, customer=user, space=make_space())
    waiting = make_booking(BookingStatus.PENDING_PAYMENT, customer=user, space=make_space())
    payment = start_payment(invoice_id=waiting.invoice_id, gateway=Gateway.SANDBOX, actor=user).payment
    document = submit_document(user=user, actor=user, type=DocumentType.ADDRESS_PROOF, upload=paper())
    world._keep("kyc document", name, document.pk)
    world._keep("kyc case", name, case.pk)
    world._keep("active booking", name, active.pk)
    world._keep("waiting booking", name, waiting.pk)
    world._keep("paid invoice", name, active.invoice_id)
    world._keep("open invoice", name, waiting.invoice_id)
    world._keep("payment", name, payment.pk)
    notify(user=user, kind="test", title="For one person")


def _furnish_owner(world: World, name: str) -> None:
    user = world.users[name]
    for kind in (SpaceKind.VIRTUAL_OFFICE, SpaceKind.COWORKING):
        for status in (SpaceStatus.APPROVED, SpaceStatus.PENDING):
            space = SpaceFactory(kind=kind, status=status, owner=user)
            world._keep(f"{status} {kind}", name, space.pk)
    mark = name.replace(" ", "-")
    fields = {"slug": f"firm-of-{mark}", "email": f"{mark}@firm.example", "package_code": PackageCode.BASIC}
    organization = make_organization(f"Firm of {name}", owner=user, role_limit=20, **fields)
    world._keep("organization", name, organization.pk)
    _furnish_organization(world, name, organization)


def _furnish_organization(world: World, name: str, organization: Organization) -> None:
    """A role that nobody has, somebody below everybody, somebody who is asked, and what the machine did there."""
    boss, low = organization.memberships.get(), make_role(organization, "chat.view", level=9)
    mail = f"asked-by-{name.replace(' ', '-')}@people.example"
    entry = audit.record(action="organization.package_set", actor=None, target=organization, organization=organization)
    world._keep("custom role", name, make_role(organization, "users.view").pk)
    world._keep("colleague", name, add_newcomer(organization, role_id=low.pk).user_id)
    world._keep("invitation", name, invite(actor=boss, email=mail, role_id=low.pk).pk)
    world._keep("audit entry of an organization", name, entry.pk)


def _furnish_colleague(world: World, name: str, owner: str) -> None:
    """What is the organization's is theirs too, as far as the role goes."""
    organization = Organization.objects.get(pk=world.own("organization", owner))
    role_id = ADMIN_ID if "admin" in name else make_role(organization, "chat.view").pk
    add_member(organization, user=world.users[name], role_id=role_id)
    for thing in ("organization", "custom role", "colleague", "invitation", "audit entry of an organization"):
        world._keep(thing, name, world.own(thing, owner))


def _furnish_everybody(world: World) -> None:
    """What a bearer needs no account for: the codes on papers, files that anybody may see."""
    for name in CUSTOMERS:
        active = Booking.objects.get(pk=world.things["active booking"][name])
        assert active.invoice
        world._keep("invoice code", name, active.invoice.verification_code)
        world._keep("document code", name, active.documents.all()[0].verification_code)
    for name in OWNERS:
        photo = f"nets-{name.replace(' ', '-')}.png"
        if not default_storage.exists(photo):
            default_storage.save(photo, paper(photo))
        world._keep("photo", name, photo)


def _furnish_desk(world: World) -> None:
    """A row of whatever staff look at, where nothing above has made one."""
    user, owner = world.users["customer"], world.users["owner"]
    otp.issue_first_code(identifier=world.users["unverified"].email, user=world.users["unverified"])
    one_time_tokens.issue_token(user=user, purpose="reset_password")
    budgets.take("nets", "198.51.100.7", 5, 900)
    claim = idempotency.claim_key(user=user, key="nets", request_hash="b" * 64)
    idempotency.store_answer(claim=claim, status=201, body="{}")
    SocialAccount.objects.create(user=user, provider="google", uid="1076")
    EmailAddress.objects.create(user=user, email=user.email)
    paid = Payment.objects.filter(status=PaymentStatus.COMPLETED).first()
    assert paid
    Refund.objects.create(payment=paid, amount=paid.amount, cause=RefundCause.SURPLUS)
    space = Space.objects.get(pk=world.things["approved virtual_office"]["owner"])
    update_space(space=space, values={"area": "Powai"}, actor=owner)
    add_note(target=user, text="Called back", author=world.users["superuser"])
    for model in admin.site._registry:
        make_row(model, user)


def make_row(model: type[Model], user: User) -> Model:
    """The first row of a model, or a bare one of what its columns must have, for whoever only looks at rows."""
    known = model._default_manager.order_by("pk").first()
    if known is not None:
        return known
    values = {one.name: _value(one, user) for one in model._meta.concrete_fields if _is_needed(one)}
    return model._default_manager.create(**values)


def _is_needed(column: "Field[Any, Any]") -> bool:
    is_made = column.has_default() or isinstance(column, AutoField | BigAutoField)
    return not (column.null or column.blank or is_made)


def _value(column: "Field[Any, Any]", user: User) -> Any:
    if isinstance(column, ForeignKey):
        return user if column.related_model is User else make_row(column.related_model, user)
    if isinstance(column, DateTimeField):
        return now()
    if column.choices:
        return column.choices[0][0]
    if isinstance(column, IntegerField):
        return 1
    if isinstance(column, CiphertextField):
        return encrypt("nets")
    return "nets@people.example" if isinstance(column, EmailField) else "nets"[: column.max_length]


def payment_of(world: World, actor: str) -> Payment:
    return Payment.objects.get(pk=world.things["payment"][actor])
