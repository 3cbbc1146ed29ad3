"""Sealing the audit log and proving it. Tampering goes past Django and past the triggers, as with SQL one would."""

import io
import json
import logging
import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import override_settings
from django.urls import reverse

from accounts.integrity.audit import audit_log_is_what_was_written
from accounts.models import AuditEntry, AuditSeal
from accounts.selectors import audit_chain
from accounts.selectors.audit_chain import check_chain
from accounts.services import audit, audit_seals
from accounts.services.audit_seals import FORM, FORMS, seal_audit, unsealed
from accounts.tasks import seal_audit as seal_task
from flashspace.base.clock import now
from flashspace.base.models import AppendOnlyError
from tests.factories.accounts import UserFactory
from tests.factories.staff import make_member
from tests.races import unguarded
from tests.together import together

pytestmark = pytest.mark.django_db

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ANOTHER_KEY = "another-key-of-the-test-profile-that-opens-nothing-else-anywhere"


def write(count=1, **given):
    user = UserFactory()
    for number in range(count):
        audit.record(**{"action": "user.changed", "actor": user, "target": user, "reason": f"No. {number}", **given})


def seal():
    return seal_audit(at=now() + timedelta(seconds=1))


@pytest.fixture
def chain():
    """Ten sealed entries."""
    write(10)
    assert seal() == 10


@contextmanager
def past_the_triggers():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def tamper(*statements):
    with past_the_triggers() as cursor:
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount > 0, statement


def entry_of(number):
    return f"(SELECT entry_id FROM accounts_auditseal WHERE number = {number})"


def lines():
    found = check_chain()
    assert found.broken == len(found.lines)
    assert audit_log_is_what_was_written().violations == tuple(found.lines)
    return [UUID.sub("ID", line) for line in found.lines]


# Sealing


def test_seals_run_from_one_and_each_covers_the_one_before(chain):
    seals = list(AuditSeal.objects.order_by("number"))
    assert [one.number for one in seals] == list(range(1, 11))
    assert [one.previous for one in seals] == ["", *(one.hash for one in seals[:-1])]
    assert len({one.hash for one in seals}) == 10
    assert [one.entry_id for one in seals] == list(AuditEntry.objects.order_by("id").values_list("pk", flat=True))
    assert lines() == []


def test_sealing_again_seals_what_came_since(chain):
    head = AuditSeal.objects.get(number=10)
    assert seal() == 0
    write(2)
    assert seal() == 2
    assert AuditSeal.objects.get(number=11).previous == head.hash
    assert lines() == []


def test_sealing_goes_by_batches_and_stops_where_it_is_told_to(monkeypatch):
    monkeypatch.setattr(audit_seals, "BATCH", 3)
    write(10)
    at = now() + timedelta(seconds=1)
    told = []
    assert seal_audit(at=at, batches=2, tell=told.append) == 6
    assert told == ["3 sealed", "6 sealed"]
    assert seal_audit(at=at) == 4
    assert lines() == []


def test_sealing_leaves_what_is_not_written_yet():
    write(3)
    assert seal_audit(at=now() - timedelta(minutes=1)) == 0
    assert unsealed().count() == 3


def test_task_seals_and_logs_the_head_as_an_anchor(caplog):
    write(2)
    with caplog.at_level(logging.INFO, logger="accounts.services.audit_seals"):
        seal_task()
        seal_task()
    (line,) = [record for record in caplog.records if record.msg == "audit log sealed"]
    head = AuditSeal.objects.first()
    assert (line.sealed, line.head_number, line.head_hash) == (2, 2, head.hash)


def test_hash_covers_every_column_of_an_entry():
    assert sorted(FORMS[FORM]) == sorted(field.attname for field in AuditEntry._meta.concrete_fields), (
        "a new column needs a new form in FORMS"
    )


def test_seal_is_never_changed_or_deleted_by_the_model(chain):
    one = AuditSeal.objects.first()
    for move in (one.save, one.delete, AuditSeal.objects.all().delete, lambda: AuditSeal.objects.update(hash="")):
        with pytest.raises(AppendOnlyError):
            move()


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the trigger is PostgreSQL's")
@pytest.mark.parametrize("statement", ["UPDATE accounts_auditseal SET hash = ''", "DELETE FROM accounts_auditseal"])
def test_seal_is_never_changed_or_deleted_by_sql(chain, statement):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# Tampering


TIME = "'2020-01-01 00:00:00'" if connection.vendor == "sqlite" else "'2020-01-01 00:00:00+00'"
OTHER_VALUES = {
    "action": "'x'",
    "actor_email": "'x'",
    "actor_id": "NULL",
    "after": "'{\"a\": 1}'",
    "at": TIME,
    "before": "'{\"a\": 1}'",
    "network": "'x'",
    "organization_id": "'00000000000000000000000000000000'",
    "reason": "'x'",
    "request_id": "'x'",
    "target_id": "'x'",
    "target_label": "'x'",
    "target_type": "'x'",
}


def test_every_column_has_a_case_below():
    assert set(OTHER_VALUES) == set(FORMS[FORM]) - {"id"}


@pytest.mark.parametrize("column", OTHER_VALUES)
def test_edit_of_any_column_is_found(chain, column):
    tamper(f'UPDATE accounts_auditentry SET "{column}" = {OTHER_VALUES[column]} WHERE id = {entry_of(5)}')
    assert lines() == ["entry ID of seal 5 is not what was sealed"]


def test_removed_entry_in_the_middle_is_found(chain):
    tamper(f"DELETE FROM accounts_auditentry WHERE id = {entry_of(5)}")
    assert lines() == ["entry ID of seal 5 is gone"]


def test_entry_removed_with_its_seal_is_found(chain):
    tamper(
        f"DELETE FROM accounts_auditentry WHERE id = {entry_of(5)}", "DELETE FROM accounts_auditseal WHERE number = 5"
    )
    assert check_chain().lines == ["seal 5 is missing"]


def test_removed_run_counts_each_seal(chain):
    tamper("DELETE FROM accounts_auditseal WHERE number IN (1, 2, 3)")
    assert check_chain().lines == ["seals 1 to 3 are missing"]
    # Sealed afresh at the end, they cannot take their old places.
    assert seal() == 3
    assert check_chain().lines == ["seals 1 to 3 are missing"]


def test_two_entries_that_changed_places_are_found(chain):
    first, second = (AuditSeal.objects.get(number=number).entry_id.hex for number in (3, 7))
    spare = "00000000000000000000000000000000"
    tamper(
        f"UPDATE accounts_auditseal SET entry_id = '{spare}' WHERE number = 3",
        f"UPDATE accounts_auditseal SET entry_id = '{first}' WHERE number = 7",
        f"UPDATE accounts_auditseal SET entry_id = '{second}' WHERE number = 3",
    )
    assert lines() == ["entry ID of seal 3 is not what was sealed", "entry ID of seal 7 is not what was sealed"]


def test_two_seals_that_changed_numbers_are_found(chain):
    tamper(
        "UPDATE accounts_auditseal SET number = 99 WHERE number = 3",
        "UPDATE accounts_auditseal SET number = 3 WHERE number = 7",
        "UPDATE accounts_auditseal SET number = 7 WHERE number = 99",
    )
    found = check_chain().lines
    assert [line for line in found if "does not follow" in line] == [
        f"seal {number} does not follow from the one before" for number in (3, 4, 7, 8)
    ]
    assert len([line for line in found if "is not what was sealed" in line]) == 2


def test_seal_before_the_first_one_is_found(chain):
    write(1)
    hidden = unsealed().get().pk.hex
    columns = "entry_id, form, previous, hash, key, signature, sealed_at"
    tamper(
        f"INSERT INTO accounts_auditseal (number, {columns}) SELECT 0, '{hidden}', form, previous, hash, key,"
        " signature, sealed_at FROM accounts_auditseal WHERE number = 1"
    )
    assert lines() == ["seal 0 stands before the first one", "entry ID of seal 0 is not what was sealed", *AFTER]


AFTER = ["seal 1 does not follow from the one before"]


def recompute(numbers):
    """What somebody with SQL but without our key can do: an own chain of hashes, and signatures he has to make up."""
    for number in numbers:
        one = AuditSeal.objects.get(number=number)
        before = AuditSeal.objects.filter(number=number - 1).values_list("hash", flat=True).first() or ""
        entry = AuditEntry.objects.filter(pk=one.entry_id).values(*FORMS[FORM]).get()
        digest = audit_seals.digest_of(entry, form=FORM, number=number, previous=before, sealed_at=one.sealed_at)
        tamper(f"UPDATE accounts_auditseal SET previous = '{before}', hash = '{digest}' WHERE number = {number}")


def test_chain_that_was_made_anew_is_not_signed(chain):
    tamper(f"UPDATE accounts_auditentry SET reason = 'x' WHERE id = {entry_of(9)}")
    recompute([9, 10])
    assert lines() == ["seal 9 is not signed by us", "seal 10 is not signed by us"]


def test_chain_made_anew_under_an_unknown_key_proves_nothing(chain):
    tamper(
        f"UPDATE accounts_auditentry SET reason = 'x' WHERE id = {entry_of(9)}",
        "UPDATE accounts_auditseal SET key = 'ffffffffffffffff' WHERE number >= 9",
    )
    recompute([9, 10])
    found = check_chain()
    assert (found.lines, found.unproved) == ([], 2)
    assert audit_log_is_what_was_written().violations == ("no key that is configured signed the last 2 seals",)


def test_cut_off_end_shows_against_a_head_that_was_kept(chain):
    kept = AuditSeal.objects.first().hash
    assert check_chain(expect=kept).lines == []
    tamper(
        f"DELETE FROM accounts_auditentry WHERE id = {entry_of(10)}",
        "DELETE FROM accounts_auditseal WHERE number = 10",
    )
    assert check_chain().lines == [], "what was cut off cleanly is seen with an anchor only"
    (line,) = check_chain(expect=kept).lines
    assert line.startswith(f"no seal has the hash {kept}")


def test_form_of_another_version_is_not_passed_over(chain):
    tamper("UPDATE accounts_auditseal SET form = 9 WHERE number = 4")
    assert check_chain().lines == ["seal 4 has a form 9 that is not known here"]


def test_lines_are_bounded_and_every_fault_is_counted(chain, monkeypatch):
    monkeypatch.setattr(audit_chain, "MOST_LINES", 3)
    tamper("UPDATE accounts_auditentry SET reason = 'x'")
    found = check_chain()
    assert (found.broken, len(found.lines)) == (10, 3)
    assert audit_log_is_what_was_written().violations[-1] == "and 7 more; manage.py verify_audit tells"


# Keys


def test_chain_outlives_its_keys(chain):
    with override_settings(SECRET_KEY=ANOTHER_KEY):
        assert check_chain().unproved == 10, "nothing vouches for what only a key signed that is gone"
        write(1)
        seal()
        found = check_chain()
        assert (found.lines, found.unproved) == ([], 0), "one signature of a key that is there proves all before it"
        tamper(f"UPDATE accounts_auditentry SET reason = 'x' WHERE id = {entry_of(2)}")
        recompute(range(2, 11))
        assert check_chain().lines == ["seal 11 does not follow from the one before"]


def test_key_that_only_reads_still_proves(chain, settings):
    old = settings.SECRET_KEY
    with override_settings(SECRET_KEY=ANOTHER_KEY, SECRET_KEY_FALLBACKS=[old]):
        found = check_chain()
    assert (found.lines, found.unproved) == ([], 0)


# Commands


def run(name, *options):
    out, code = io.StringIO(), 0
    try:
        call_command(name, *options, stdout=out, stderr=io.StringIO())
    except SystemExit as end:
        code = end.code
    return code, out.getvalue()


def test_seal_command_counts_seals_and_may_only_look():
    write(2)
    assert run("seal_audit", "--dry-run") == (0, "2 entries due; nothing sealed\n")
    assert not AuditSeal.objects.exists()
    assert run("seal_audit", "--at", "2020-01-01") == (0, "0 entries sealed\n")
    assert run("seal_audit") == (0, "2 sealed\n2 entries sealed\n")
    assert run("seal_audit") == (0, "0 entries sealed\n")


def test_verify_command_says_whole_and_how_long_the_rest_waits(chain, time_machine):
    head = AuditSeal.objects.first()
    assert run("verify_audit") == (0, f"10 seals, head 10 {head.hash}\nThe audit log is whole\n")
    write(1)
    time_machine.move_to(now() + timedelta(minutes=5), tick=False)
    code, said = run("verify_audit", "--expect", head.hash)
    assert (code, said.splitlines()[0]) == (0, "1 entries are not sealed yet, the oldest for 5\xa0minutes")


def test_verify_command_says_broken(chain):
    tamper(f"DELETE FROM accounts_auditentry WHERE id = {entry_of(5)}")
    code, said = run("verify_audit")
    assert (code, said.splitlines()[-1]) == (1, "1 faults: the audit log was tampered with")
    code, said = run("verify_audit", "--json")
    told = json.loads(said)
    assert code == 1
    assert (told["state"], told["broken"], told["seals"], told["number"]) == ("broken", 1, 10, 10)
    assert told["lines"][0].endswith("of seal 5 is gone")


def test_verify_command_says_that_it_cannot_say(chain):
    with override_settings(SECRET_KEY=ANOTHER_KEY):
        assert run("verify_audit")[0] == 2
        assert json.loads(run("verify_audit", "--json")[1])["state"] == "unproved"


def test_proof_takes_the_same_queries_for_ten_as_for_twenty(chain, django_assert_num_queries):
    with django_assert_num_queries(5):
        check_chain()
    write(10)
    seal()
    with django_assert_num_queries(5):
        check_chain()


# Two sealers at once


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_sealers_make_one_chain(race_rounds, monkeypatch):
    monkeypatch.setattr(audit_seals, "BATCH", 5)
    for _ in range(race_rounds):
        write(20)
        sealed = together(3, lambda _: seal())
        assert sum(sealed) == 20
        assert check_chain().lines == []
    assert AuditSeal.objects.count() == 20 * race_rounds


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_sealers_without_their_lock_collide(monkeypatch):
    """The number being the key, even then no chain forks; but a sealer fails."""
    monkeypatch.setattr(audit_seals, "BATCH", 5)
    with unguarded(audit_seals):
        assert any(_collides() for _ in range(20))
    assert check_chain().lines == []


def _collides():
    write(20)
    return any(isinstance(end, IntegrityError) for end in together(3, lambda _: seal()))


# In the admin


@pytest.fixture
def operator(client):
    client.force_login(make_member("Operators"))
    return client


def page_of(row):
    return reverse(f"admin:accounts_{row._meta.model_name}_change", args=[row.pk])


def test_page_of_an_entry_says_how_its_seal_is(operator, chain):
    entry = AuditEntry.objects.get(seal__number=5)
    shown = operator.get(page_of(entry)).content.decode()
    assert "Is what was sealed" in shown
    assert f'href="{page_of(entry.seal)}">No. 5</a>' in shown
    tamper(f"UPDATE accounts_auditentry SET reason = 'x' WHERE id = {entry_of(5)}")
    assert "Not what was sealed" in operator.get(page_of(entry)).content.decode()
    write(1)
    assert "Not sealed yet" in operator.get(page_of(unsealed().last())).content.decode()


def test_list_of_seals_shows_where_an_entry_is_gone(operator, chain, django_assert_max_num_queries):
    tamper(f"DELETE FROM accounts_auditentry WHERE id = {entry_of(5)}")
    with django_assert_max_num_queries(20):
        shown = operator.get(reverse("admin:accounts_auditseal_changelist")).content.decode()
    assert shown.count("Gone") == 1
    assert "Gone" in operator.get(page_of(AuditSeal.objects.get(number=5))).content.decode()


@pytest.mark.parametrize(("typed", "count"), [("5", 1), ("nothing", 0), ("", 10)])
def test_seals_are_found_by_number(operator, chain, typed, count):
    answer = operator.get(reverse("admin:accounts_auditseal_changelist"), {"q": typed})
    assert len(answer.context["cl"].result_list) == count


def test_entry_of_a_slow_transaction_is_sealed_by_the_next_run(chain):
    """Its id is older than the head's: it was written before, and committed after."""
    user = UserFactory()
    late = AuditEntry.objects.create(
        id="00000000-0000-7000-8000-000000000001", at=now(), action="x", target_type="x", target_id=str(user.pk)
    )
    assert seal() == 1
    assert AuditSeal.objects.get(number=11).entry_id == AuditEntry.objects.get(pk=late.pk).pk
    assert lines() == []
