"""People, and what signs them in."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.clients import Client
from accounts.models import Organization, User
from accounts.services.sessions import SignIn, open_session
from flashspace.base.clock import now

PASSWORD = "securePassword123"


class UserFactory(DjangoModelFactory[User]):
    """A verified customer with the documents' password; `email_verified_at=None` for one who is not verified."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"person-{number}@example.com")
    full_name = "John Doe"
    email_verified_at = factory.LazyFunction(now)
    password = factory.PostGenerationMethodCall("set_password", PASSWORD)

    @classmethod
    def _after_postgeneration(cls, instance: User, create: bool, results: Any = None) -> None:
        if create:
            instance.save()


class StaffFactory(UserFactory):
    email = factory.Sequence(lambda number: f"colleague-{number}@example.com")
    is_staff = True


def sign_in_as(
    user: User,
    *,
    network: str = "198.51.100.7",
    user_agent: str = "tests",
    dialect: str = "flashspace",
    organization: Organization | None = None,
) -> SignIn:
    """A session without the API: for what is tested after signing in."""
    client = Client(network=network, user_agent=user_agent, dialect=dialect)
    return open_session(user=user, client=client, organization=organization)
