"""The few people of the matrix that a fuzz needs: fewer rows, so that every operation can have a world of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from accounts.enums import EndReason
from accounts.models import Organization
from accounts.services.sessions import SignIn, end_session
from tests.factories.accounts import sign_in_as
from tests.nets import world as matrix
from tests.nets.world import World

PEOPLE = ("customer", "other customer", "owner", "other owner", "superuser", "ended")


def make_small_world() -> World:
    world = World()
    for name in PEOPLE:
        world.users[name] = matrix._make_user(name)
    for name in ("customer", "other customer"):
        matrix._furnish_customer(world, name)
    for name in matrix.OWNERS:
        matrix._furnish_owner(world, name)
    for name, user in world.users.items():
        opened = sign_in(world, name)
        world._keep("session", name, sign_in_as(user).session.pk)
        if name == "ended":
            end_session(session=opened.session, reason=EndReason.LOGOUT)
    return world


def let_it_think() -> None:
    """Hypothesis may think for longer than PostgreSQL lets a transaction wait."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


@contextmanager
def undone() -> Iterator[None]:
    """What happens within it has not happened after it."""
    block = transaction.atomic()
    block._from_testcase = True  # what wants to commit on its own may do so within a test's transaction
    with block:
        let_it_think()
        try:
            yield
        finally:
            transaction.set_rollback(True)


def sign_in(world: World, name: str) -> SignIn:
    """Where this person belongs; again, when what was tried has signed them out."""
    organization = Organization.objects.filter(pk=world.own("organization", name)).first()
    world.users[name].refresh_from_db()  # the password may be another by now
    opened = sign_in_as(world.users[name], organization=organization)
    world.tokens[name] = opened.tokens.access
    return opened
