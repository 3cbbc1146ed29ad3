import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import OrganizationRole
from accounts.organization_permissions import ADMIN, ALL, PERMISSIONS, in_order
from accounts.system_roles import write_system_roles
from tests.factories.organizations import add_member, make_organization, make_role, owner_of

pytestmark = pytest.mark.django_db


def test_the_permissions_are_workspaces_29_each_once() -> None:
    assert len(ALL) == 29
    assert [permission.id for permission in PERMISSIONS] == list(range(1, 30))
    assert {
        "users.impersonate",
        "packages.upgrade",
        "packages.features.purchase",
        "packages.features.cancel",
    } == ALL - ADMIN


def test_owner_is_role_1_and_admin_is_role_2() -> None:
    found = list(OrganizationRole.objects.values_list("pk", "slug", "level", "organization"))
    assert found == [(1, "organization-owner", 1, None), (2, "admin", 2, None)]


def test_an_organizations_first_role_comes_after_them() -> None:
    assert make_role(make_organization(), "users.view").pk > 2


def test_migrating_again_mends_what_was_changed_by_hand() -> None:
    OrganizationRole.objects.filter(pk=2).update(permissions=["users.view"])
    write_system_roles(using="default")
    assert OrganizationRole.objects.get(pk=2).permissions == in_order(ADMIN)


def test_a_custom_role_never_outranks_the_system_roles() -> None:
    organization = make_organization()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_role(organization, level=2)


def test_a_person_is_in_an_organization_once() -> None:
    organization = make_organization()
    with pytest.raises(IntegrityError), transaction.atomic():
        add_member(organization, user=owner_of(organization))


@pytest.mark.django_db(transaction=True)
def test_a_flushed_database_has_them_again() -> None:
    call_command("flush", verbosity=0, interactive=False)
    assert OrganizationRole.objects.count() == 2
    assert make_role(make_organization(), "users.view").pk > 2
