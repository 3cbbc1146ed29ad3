from datetime import UTC, datetime
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from flashspace.base.sweeps import Sweep, SweepCommand, run_sweep

AT = datetime(2026, 4, 1, tzinfo=UTC)


def sweep_over(rows, applied):
    def apply(id, at):
        if rows[id] == "broken":
            raise RuntimeError("no")
        applied.append((id, at))
        return rows[id] == "due"

    return Sweep("things", lambda at: list(rows), apply)


def test_one_bad_row_does_not_stop_the_others():
    due, bad, late = uuid4(), uuid4(), uuid4()
    applied = []

    result = run_sweep(sweep_over({bad: "broken", due: "due", late: "late"}, applied), at=AT)

    assert (result.done, result.skipped, result.failed) == ([due], [late], [bad])
    assert applied == [(due, AT), (late, AT)]


def command_over(rows, applied):
    class Command(SweepCommand):
        sweep = sweep_over(rows, applied)

    return Command()


def test_dry_run_lists_and_changes_nothing():
    row, applied, out = uuid4(), [], StringIO()

    call_command(command_over({row: "due"}, applied), "--dry-run", "--at", "2026-04-01T05:30", stdout=out)

    assert applied == []
    assert out.getvalue().splitlines() == [str(row), "things: 1 due at 2026-04-01 05:30:00 IST; nothing changed"]


def test_command_acts_at_the_given_instant_and_fails_loudly_when_a_row_failed():
    good, bad, applied, out = uuid4(), uuid4(), [], StringIO()

    with pytest.raises(SystemExit) as stopped:
        call_command(command_over({good: "due", bad: "broken"}, applied), "--at", "2026-04-01T05:30", stdout=out)

    assert stopped.value.code == 1
    assert applied == [(good, AT)]
    assert out.getvalue() == "things: 1 done, 0 no longer due, 1 failed at 2026-04-01 05:30:00 IST\n"


def test_a_time_that_is_none_is_refused():
    with pytest.raises(CommandError, match="not a date"):
        call_command(command_over({}, []), "--at", "soon")
