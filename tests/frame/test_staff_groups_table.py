"""The table of flashspace.staff_groups, the migrations that carry it, and every permission that there is."""

from collections import Counter
from importlib.util import find_spec
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection

from flashspace.admin_checks import known_permissions
from flashspace.staff_groups import GROUPS, SUPERUSER_ONLY, change_groups
from tests.factories.staff import make_groups, make_member

pytestmark = pytest.mark.django_db

GIVEN = {name for permissions in GROUPS.values() for name in permissions}


def permissions_of(group):
    rows = Group.objects.get(name=group).permissions.values_list("content_type__app_label", "codename")
    return sorted(f"{app}.{codename}" for app, codename in rows)


def test_every_permission_is_given_to_a_group_or_kept_for_superusers():
    decided = GIVEN | set(SUPERUSER_ONLY)
    assert sorted(known_permissions() - decided) == [], "new permissions: decide in flashspace/staff_groups.py"
    assert sorted(decided - known_permissions()) == [], "these permissions are gone"


def test_no_permission_is_decided_twice():
    assert GIVEN & set(SUPERUSER_ONLY) == set()
    assert [name for name, count in Counter(SUPERUSER_ONLY).items() if count > 1] == []
    for names in GROUPS.values():
        assert list(names) == sorted(set(names))


def test_groups_are_what_the_migrations_make_and_what_the_table_says():
    Group.objects.all().delete()
    for _ in range(2):  # the second time nothing changes
        make_groups()
        found = {group.name: permissions_of(group.name) for group in Group.objects.all()}
        assert found == {name: list(names) for name, names in GROUPS.items()}


def test_nobody_but_a_superuser_touches_rights_or_deletes_money_and_evidence():
    for name in GIVEN:
        app, codename = name.split(".")
        assert not (app == "auth" and codename != "view_group"), name
        assert not (codename.startswith("delete_") and app != "listings"), name


def test_change_of_groups_goes_back_and_leaves_what_a_superuser_gave():
    make_member("Support")
    group = Group.objects.get(name="Support")
    change = change_groups(give={"Support": ("auth.view_group",)}, take={"Support": ("accounts.view_mail",)})
    before = permissions_of("Support")
    group.permissions.add(*Group.objects.get(name="Content").permissions.filter(codename="view_spacerevision"))
    by_hand = "listings.view_spacerevision"
    apply(change.code)
    assert permissions_of("Support") == sorted({*before, by_hand, "auth.view_group"} - {"accounts.view_mail"})
    apply(change.reverse_code)
    assert permissions_of("Support") == sorted({*before, by_hand})


def test_change_of_groups_names_a_permission_that_is_not_there():
    with pytest.raises(LookupError, match=r"no permission accounts\.fly"):
        apply(change_groups(give={"Support": ("accounts.fly",)}).code)


def apply(code):
    code(apps, SimpleNamespace(connection=connection))


def test_what_was_made_by_hand_leaves_the_apps_as_they_were():
    """Held against the files, not against an earlier look: another test may have made groups before."""
    make_groups()
    for config in apps.get_app_configs():
        assert (config.models_module is None) is (find_spec(f"{config.name}.models") is None), config.label
