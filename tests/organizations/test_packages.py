from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, Organization
from billing.exceptions import PackageTermInvalid, PackageUnknown
from billing.packages import FREEMIUM, PACKAGES, find_package
from billing.services.packages import EXPIRE_PACKAGES, set_package
from flashspace.base.clock import now
from flashspace.base.errors import Forbidden
from flashspace.base.sweeps import run_sweep
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.organizations import make_organization

pytestmark = pytest.mark.django_db

BASIC = find_package("basic")
UNTIL = "2027-01-31"


def columns(organization: Organization) -> tuple[Any, ...]:
    organization.refresh_from_db()
    return (
        organization.package_code,
        organization.package_expires_at,
        organization.user_limit,
        organization.role_limit,
    )


def run(*args: str) -> str:
    out = StringIO()
    call_command("set_package", *args, stdout=out)
    return out.getvalue().strip()


def test_packages_are_1_to_4_with_their_limits() -> None:
    assert [(one.number, one.name, one.monthly_price, one.user_limit, one.role_limit) for one in PACKAGES] == [
        (1, "Freemium", 0, 10, 2),
        (2, "Basic", 10, 25, 5),
        (3, "Platinum", 20, 50, 7),
        (4, "Diamond", 35, 100, 10),
    ]


def test_new_organizations_have_freemium_and_its_limits() -> None:
    assert columns(make_organization()) == ("freemium", None, FREEMIUM.user_limit, FREEMIUM.role_limit)


@pytest.mark.parametrize("word", ["3", 3, "platinum", " Platinum "])
def test_package_is_found_by_number_and_name(word: Any) -> None:
    assert find_package(word).name == "Platinum"


@pytest.mark.parametrize("word", ["0", "5", "", "gold"])
def test_unknown_package_is_refused(word: str) -> None:
    with pytest.raises(PackageUnknown):
        find_package(word)


@time_machine.travel(datetime(2026, 11, 21, 9, tzinfo=UTC), tick=False)
def test_command_sets_the_package_once_and_tells_the_organizations_log() -> None:
    organization = make_organization(slug="acme")
    ends = datetime(2027, 1, 30, 18, 30, tzinfo=UTC)
    assert run("acme", "basic", "--until", UNTIL, "--dry-run") == (
        "acme has Freemium and would have Basic until 2027-01-31 00:00 IST; nothing changed"
    )
    assert columns(organization) == ("freemium", None, 10, 2)
    assert run("acme", "basic", "--until", UNTIL) == "acme has Basic until 2027-01-31 00:00 IST"
    assert run("acme", "basic", "--until", UNTIL) == "acme had Basic until 2027-01-31 00:00 IST"
    assert columns(organization) == ("basic", ends, 25, 5)
    entry = AuditEntry.objects.get(organization=organization)
    assert (entry.action, entry.actor, entry.after["package_code"]) == ("package.set", None, "basic")


@pytest.mark.parametrize("args", [("nobody", "basic"), ("acme", "freemium", "--until", UNTIL)])
def test_command_refuses_what_cannot_be(args: tuple[str, ...]) -> None:
    make_organization(slug="acme")
    with pytest.raises(CommandError):
        run(*args)


def test_only_staff_with_the_permission_set_packages() -> None:
    organization = make_organization()
    for actor in (UserFactory(), StaffFactory()):
        with pytest.raises(Forbidden):
            set_package(organization=organization, package=BASIC, expires_at=None, actor=actor, reason="asked")
    boss = StaffFactory(is_superuser=True)
    assert set_package(organization=organization, package=BASIC, expires_at=None, actor=boss, reason="asked")
    assert AuditEntry.objects.get(action="package.set").actor == boss


def test_package_that_ended_before_it_began_is_refused() -> None:
    with pytest.raises(PackageTermInvalid):
        set_package(organization=make_organization(), package=BASIC, expires_at=now(), actor=None, reason="")


def test_package_that_is_over_becomes_freemium_once() -> None:
    organization, other = make_organization(), make_organization()
    for one, days in ((organization, 1), (other, 3)):
        set_package(
            organization=one, package=BASIC, expires_at=now() + timedelta(days=days), actor=None, reason="asked"
        )
    later = now() + timedelta(days=2)
    assert run_sweep(EXPIRE_PACKAGES, at=later).done == [organization.pk]
    assert run_sweep(EXPIRE_PACKAGES, at=later).done == []
    assert columns(organization) == ("freemium", None, 10, 2)
    assert columns(other)[0] == "basic"
    assert AuditEntry.objects.filter(organization=organization, action="package.expired").count() == 1
