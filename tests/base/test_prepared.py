from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import models

from accounts.models import Session, User
from flashspace.base.prepared import Prepared
from tests.factories.accounts import UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

FIND = Prepared(lambda: Session.objects.select_related("user"), by=("pk", "user_id"))


def columns(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_it_makes_the_same_instances_as_the_orm(django_assert_num_queries: Any) -> None:
    made = sign_in_as(UserFactory(), network="203.0.113.9").session
    usual = Session.objects.select_related("user").get(pk=made.pk)
    for _ in range(2):
        with django_assert_num_queries(1):
            found = FIND.find(made.pk, made.user_id)
            assert found is not None
            assert isinstance(found.user, User)
        assert (columns(found), columns(found.user)) == (columns(usual), columns(usual.user))
        assert isinstance(found.pk, UUID)
        assert (found._state.adding, found._state.db) == (False, "default")


@pytest.mark.parametrize("whose", ["nobody's", "another's"])
def test_what_is_not_there_is_none(whose: str) -> None:
    made, other = sign_in_as(UserFactory()).session, sign_in_as(UserFactory()).session
    assert FIND.find(made.pk, uuid4() if whose == "nobody's" else other.user_id) is None


def test_a_condition_beside_the_named_columns_is_refused() -> None:
    wrong = Prepared(lambda: Session.objects.filter(dialect="nano"), by=("pk",))
    with pytest.raises(AssertionError, match="only what `by` names may vary"):
        wrong.find(uuid4())
