"""Each fault under load, in production's shape. Afterwards the callers' ledger and `check_integrity` are clean."""

import random
import shutil
import time
from functools import partial

import pytest

from tests.accounts.smtp_peer import ACCEPT
from tests.chaos.conftest import SCENARIO
from tests.chaos.machines import SLOTS, until
from tests.chaos.mail_gate import GARBAGE, OPEN, SHUT, SILENT
from tests.chaos.size import IS_FULL, rounds, size, tell
from tests.chaos.world import World

pytestmark = SCENARIO

PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LONGEST_ANSWER = 60.0  # for a machine that is busy; the figure itself is printed


def test_web_process_killed_amid_bookings_and_payments_leaves_no_half(world: World) -> None:
    phases = []
    for number in rounds(20):
        journeys = world.journeys(size(24, 200))
        world.load.phase = f"web process killed, round {number + 1}"
        phases.append(world.load.phase)
        with world.load.under_way(journeys):
            world.load.wait_for(size(20, 100))
            victim, other = random.sample(world.web.workers(), 2)
            victim.kill()
            back = until(partial(_has_new_process, world, {victim.pid, other.pid}), what="a new web process")
        tell(world.load.told(phases[-1]))
        world.load.phase = "afterwards"
        world.hurry(number)
        tell(f"process back after {back:.1f} s, everybody through after {world.load.finish(journeys):.1f} s")
    tell(f"mails out after {world.drained():.1f} s")
    world.check(may_break=phases)


def test_worker_killed_amid_mails_loses_none(world: World) -> None:
    def take_a_moment() -> str:
        time.sleep(0.05)
        return ACCEPT

    for number in rounds(10):
        mails, before = size(30, 100), len(world.mail.delivered())
        world.mail.peer.answer_data = take_a_moment
        world.worker.process.suspend()
        world.inside("queue_mails", count=mails, label=f"round{number}-")
        world.worker.process.resume()
        until(partial(_came, world, before + mails * 3 // 10), every=0.01, what="a third of the mails")
        world.kill_worker()
        left = before + mails - len(world.mail.delivered())
        assert left > 0, "the worker was too fast for us"
        world.hurry(number, are_senders_dead=True)
        world.worker = world.start_worker()
        tell(f"worker killed with {left} of {mails} mails to go; all out after {world.drained():.1f} s")
        world.mail.peer.answer_data = lambda: ACCEPT
    world.check()


def test_mails_of_a_killed_worker_are_missed_where_nobody_looks_for_them(world: World) -> None:
    """The plant: messages acknowledged before their work is done, and no sweep. The ledger must tell."""
    world.beat.kill()
    world.worker.end()
    holed = world.start_worker(CHAOS_HOLE="a lost message is not looked for")
    before = len(world.mail.delivered())
    world.mail.mode = SILENT
    world.inside("queue_mails", count=2, label="planted")
    until(lambda: world.rows("SELECT 1 FROM accounts_mail WHERE attempts > 0 AND status = 'queued'"), what="a claim")
    holed.kill()
    world.lost_senders += SLOTS
    world.mail.mode = OPEN
    holed = world.start_worker(CHAOS_HOLE="a lost message is not looked for")
    world.inside("queue_mails", count=1, label="after-planted")
    until(lambda: len(world.mail.delivered()) > before, what="the mail after the lost ones")
    found = world.problems()
    assert [line for line in found if "to planted" in line and "is queued" in line]

    holed.end()
    world.worker, world.beat = world.start_worker(), world.start_beat()
    world.bring_forward_mails()
    world.drained()
    world.check(may_break=_phases(world))


@pytest.mark.parametrize("fault", ["stopped", "hanging"])
def test_redis_away_fails_no_call_and_its_mails_come_later(world: World, fault: str) -> None:
    calm = world.journeys(size(6, 40), signs_in=True, looks=True)
    with world.load.under_way(calm, threads=4):
        pass
    for number in rounds(10):
        journeys = world.journeys(size(12, 40), signs_in=True, looks=True)
        world.load.phase = f"Redis {fault}, round {number + 1}"
        with world.load.under_way(journeys, threads=4):
            world.load.wait_for(8)
            world.redis.kill() if fault == "stopped" else world.redis.process.suspend()
        assert all(journey.is_paid for journey in journeys), _refused(world, journeys)
        tell(world.load.told(world.load.phase))
        assert world.load.slowest(world.load.phase) < LONGEST_ANSWER
        world.redis.start() if fault == "stopped" else world.redis.process.resume()
        world.well_again()
        tell(f"Redis back; everything out after {world.drained():.1f} s")
    world.check(may_break=_phases(world))


def test_redis_flushed_ends_no_session_and_resets_no_guard(world: World) -> None:
    for number in rounds(10):
        stranger = next(world.strangers)
        world.load.phase = f"Redis flushed, round {number + 1}"
        assert world.load.resend(stranger).status == 200
        assert world.load.resend(stranger).status == 429
        guesses = [_guess(world, stranger) for _ in range(6)]
        assert guesses[-1] == 429, guesses
        journeys = world.journeys(size(12, 40), looks=True)
        with world.load.under_way(journeys, threads=4):
            world.load.wait_for(8)
            world.redis.client().flushall()
        assert all(journey.is_paid for journey in journeys), _refused(world, journeys)
        assert world.load.resend(stranger).status == 429
        assert _guess(world, stranger) == 429
        tell(world.load.told(world.load.phase))
        tell(f"everything out after {world.drained():.1f} s")
    world.check(may_break=_phases(world))


def test_writes_while_the_broker_is_down_all_stand_and_drain(world: World) -> None:
    world.load.phase = "broker down"
    world.redis.kill()
    began = time.monotonic()
    journeys = world.journeys(size(30, 334))  # three writes each
    with world.load.under_way(journeys):
        pass
    assert all(journey.is_paid for journey in journeys), _refused(world, journeys)
    if IS_FULL:
        time.sleep(max(0.0, 60 - (time.monotonic() - began)))
    tell(world.load.told(world.load.phase))
    world.redis.start()
    world.well_again()
    tell(f"broker back after {time.monotonic() - began:.0f} s; everything out after {world.drained():.1f} s")
    world.check(may_break=_phases(world))


def test_postgresql_killed_under_load_is_503_and_clean_after(world: World) -> None:
    for number in rounds(10):
        journeys = world.journeys(size(40, 100), looks=True)
        world.load.phase = f"PostgreSQL killed, round {number + 1}"
        with world.load.under_way(journeys):
            world.load.wait_for(size(30, 100))
            world.kill_postgresql()
            _ask_everything(world)
            world.postgresql.start()
            began = time.monotonic()
        tell(world.load.told(world.load.phase))
        tell(f"well {world.well_again():.1f} s after all had tried ({time.monotonic() - began:.1f} s after the start)")
        world.hurry(number)
        tell(f"everybody through after {world.load.finish(journeys):.1f} s, mails out after {world.drained():.1f} s")
    world.check(may_break=_phases(world))


def test_postgresql_hanging_is_answered_in_time(world: World) -> None:
    for number in rounds(3):
        journeys = world.journeys(size(24, 60), looks=True)
        world.load.phase = f"PostgreSQL hanging, round {number + 1}"
        with world.load.under_way(journeys):
            world.load.wait_for(20)
            world.postgresql.freeze()
            try:
                time.sleep(size(20, 45))  # longer than anybody should wait
            finally:
                world.postgresql.thaw()
        tell(world.load.told(world.load.phase))
        assert world.load.slowest(world.load.phase) < size(18, 35)
        world.load.phase = "afterwards"
        world.hurry(number)
        tell(f"everybody through after {world.load.finish(journeys):.1f} s, mails out after {world.drained():.1f} s")
    world.check(may_break=_phases(world))


def test_connections_used_up_is_503(world: World) -> None:
    for number in rounds(10):
        world.execute("ALTER ROLE flashspace CONNECTION LIMIT 4")
        world.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'flashspace'")
        journeys = world.journeys(size(24, 100), looks=True)
        world.load.phase = f"connections used up, round {number + 1}"
        with world.load.under_way(journeys, threads=size(12, 100)):
            pass
        tell(world.load.told(world.load.phase))
        world.execute("ALTER ROLE flashspace CONNECTION LIMIT -1")
        world.load.phase = "afterwards"
        world.hurry(number)
        tell(f"everybody through after {world.load.finish(journeys):.1f} s, mails out after {world.drained():.1f} s")
    world.check(may_break=_phases(world))


def test_row_that_stays_locked_is_503_in_time(world: World) -> None:
    journeys = world.journeys(size(6, 40))
    world.load.phase = "a row stays locked"
    with world.postgresql.connect(user="postgres") as holder:
        holder.autocommit = False
        holder.execute("SELECT 1 FROM listings_space FOR UPDATE")
        with world.load.under_way(journeys):
            pass
        holder.rollback()
    tell(world.load.told(world.load.phase))
    during = [call for call in world.load.calls if call.phase == world.load.phase]
    assert {call.status for call in during} <= {409, 503}, during
    assert all(call.retry_after for call in during)
    world.load.phase = "afterwards"
    world.load.finish(journeys)
    world.drained()
    world.check(may_break=_phases(world))


@pytest.mark.parametrize("mode", [SHUT, SILENT, GARBAGE])
def test_mail_server_away_delays_mails_and_nothing_else(world: World, mode: str) -> None:
    world.mail.mode = mode
    journeys = world.journeys(size(8, 60), looks=True)
    world.load.phase = f"mail server {mode}"
    with world.load.under_way(journeys, threads=4):
        pass
    assert world.load.resend(next(world.strangers)).status == 200
    assert all(journey.is_paid for journey in journeys), _refused(world, journeys)
    tell(world.load.told(world.load.phase))
    failed = "SELECT 1 FROM accounts_mail WHERE status = 'queued' AND last_error <> '' AND attempts > 0"
    tell(f"the first attempt was noted after {until(lambda: world.rows(failed), what='an attempt that failed'):.1f} s")
    if mode == SHUT:
        dead = world.rows("SELECT id::text FROM accounts_mail WHERE status = 'queued' LIMIT 1")[0]["id"]
        assert world.inside("try_twelve_times", mail=dead) == {"status": "dead", "attempts": 12}
        world.execute(f"UPDATE accounts_mail SET status = 'queued', attempts = 0 WHERE id = '{dead}'")
    world.mail.mode = OPEN

    def all_are_out() -> bool:
        world.bring_forward_mails()  # pauses of minutes, brought forward again and again
        return not world.rows("SELECT 1 FROM accounts_mail WHERE status = 'queued' LIMIT 1")

    tell(f"mail server back; all out after {until(all_are_out, every=1.0, what='an empty outbox'):.1f} s")
    world.check(may_break=_phases(world))


def test_poisonous_mail_is_given_up_and_holds_nobody_up(world: World) -> None:
    poison = world.inside("queue_poison")
    mails = size(30, 999)
    began = time.monotonic()
    world.inside("queue_mails", count=mails, label="beside-poison")
    others = f"SELECT 1 FROM accounts_mail WHERE status = 'queued' AND id <> '{poison}' LIMIT 1"
    until(lambda: not world.rows(others), every=0.3, what="the others")
    tell(f"one poisonous mail in {mails + 1}; the others were out after {time.monotonic() - began:.1f} s")
    assert world.inside("try_twelve_times", mail=poison) == {"status": "dead", "attempts": 12}
    world.execute(f"DELETE FROM accounts_mail WHERE id = '{poison}'")
    world.check(may_break=_phases(world))


def test_two_clocks_and_two_workers_do_nothing_twice(world: World) -> None:
    extra = [world.start_beat(), world.start_worker()]
    for number in rounds(10):
        world.load.phase = f"two beats, two workers, round {number + 1}"
        lapsed = world.journeys(size(6, 40))
        for journey in lapsed:
            journey.pays = False
        with world.load.under_way([*lapsed, *world.journeys(size(12, 60))]):
            pass
        world.execute("UPDATE bookings_booking SET hold_expires_at = now() WHERE status = 'pending_payment'")
        until(partial(_holds_are_released, world), every=0.3, what="holds that are released")
        tell(f"{world.load.told(world.load.phase)}; mails out after {world.drained():.1f} s")
    for program in extra:
        program.end()
    world.check(may_break=_phases(world))
    world.manage("seal_audit")
    world.manage("verify_audit")


def test_no_clock_and_no_worker_is_caught_up_with(world: World) -> None:
    world.beat.end()
    world.worker.end()
    world.redis.client().flushall()
    world.load.phase = "no beat, no worker"
    journeys = world.journeys(size(12, 100))
    with world.load.under_way(journeys):
        pass
    world.redis.client().flushall()  # the wake-up calls are lost as well
    assert all(journey.is_paid for journey in journeys), _refused(world, journeys)
    world.worker, world.beat = world.start_worker(), world.start_beat()
    tell(f"{len(journeys)} receipts without a wake-up call were out after {world.drained():.1f} s")
    world.check(may_break=_phases(world))


def test_deploy_under_load_fails_no_request(world: World) -> None:
    for number in rounds(5):
        journeys = world.journeys(size(24, 100), looks=True)
        world.load.phase = f"deploy, round {number + 1}"
        old = world.web
        with world.load.under_way(journeys):
            world.load.wait_for(10)
            world.web = world.start_web()  # callers go there from now on
            status = old.end()
        tell(world.load.told(world.load.phase) + f"; the old server ended with {status}")
        assert all(journey.is_paid for journey in journeys), _refused(world, journeys)
    world.drained()
    world.check(may_break=_phases(world))


def test_restored_backup_is_whole_and_sends_nothing_again(world: World) -> None:
    with world.load.under_way(world.journeys(size(6, 60))):
        world.load.upload(next(world.people), "pan_card", PAPER)
    world.drained()
    world.manage("seal_audit")
    began = time.monotonic()
    dump = world.directory / "backup"
    world.postgresql.dump(dump)
    database = f"restored_{time.monotonic_ns()}"
    world.postgresql.restore(dump, database)
    files = shutil.copytree(world.directory / "data", world.directory / database)  # after the rows, as the book says
    restored = {"DATABASE_URL": world.postgresql.url(database), "DATA_DIR": str(files)}
    world.manage("migrate", "--check", **restored)
    world.check_integrity(**restored)
    world.manage("verify_audit", **restored)
    tell(f"dumped, restored and proved in {time.monotonic() - began:.1f} s")
    assert "0 due" in world.manage("deliver_mail", "--dry-run", **restored)
    world.check(may_break=_phases(world))


@pytest.mark.parametrize("fault", ["changed", "lost"])
def test_stored_paper_that_is_not_what_it_was_is_named(world: World, fault: str) -> None:
    person = next(world.people)
    handed_in = PAPER + fault.encode()
    world.load.upload(person, "pan_card", handed_in)
    known = {path for path in (world.directory / "data" / "private").rglob("*") if path.is_file()}
    (paper,) = (path for path in known if path.read_bytes() == handed_in)
    aside = paper.with_name("aside")
    paper.rename(aside)
    if fault == "changed":
        paper.write_bytes(handed_in + b"%")
    said = world.manage("check_integrity", "--rule", "I-K2", status=1)
    tell(said.splitlines()[1].strip())
    aside.rename(paper)
    world.check(may_break=_phases(world))


def _came(world: World, count: int) -> bool:
    return len(world.mail.delivered()) >= count


def _has_new_process(world: World, known: set[int]) -> bool:
    return len(world.web.workers()) == 2 and {process.pid for process in world.web.workers()} != known


def _holds_are_released(world: World) -> bool:
    return not world.rows("SELECT 1 FROM bookings_booking WHERE status = 'pending_payment' LIMIT 1")


def _ask_everything(world: World) -> None:
    """One call of each kind, while the database is away."""
    person = next(world.people)
    for step, method, path in (
        ("list", "GET", "/api/virtualOffice/getByCity/mumbai"),
        ("sign in", "POST", "/api/auth/login"),
        ("mine", "GET", "/api/user/bookings"),
        ("book", "POST", "/api/bookings"),
        ("health", "GET", "/api/health"),
        ("ready", "GET", "/readyz"),
        ("page", "GET", "/"),
        ("admin", "GET", "/admin/login/"),
        ("desk", "GET", "/admin/"),
        ("webhook", "POST", "/api/v1/payments/webhooks/sandbox"),
    ):
        body = {"email": person["email"], "password": "x" * 12} if method == "POST" else None
        session = "__Host-sessionid=" + "a" * 32
        world.load.ask(step, person, method, path, token=person["token"], json=body, cookie=session)


def _guess(world: World, person: dict[str, str]) -> int | None:
    body = {"email": person["email"], "password": "not-the-password"}
    return world.load.ask("guess", person, "POST", "/api/auth/login", json=body).status


def _phases(world: World) -> tuple[str, ...]:
    """Those in which a process was killed on purpose."""
    return tuple({call.phase for call in world.load.calls if call.phase.startswith("web process killed")})


def _refused(world: World, journeys: list) -> str:
    keys = {key for journey in journeys if not journey.is_paid for key in journey.keys.values()}
    return "\n".join(str(call) for call in world.load.calls if call.key in keys and not call.is_acknowledged)
