"""What lives and does nothing: a hung process keeps its connections and its work, and comes back later."""

import random
import time

from tests.accounts.smtp_peer import ACCEPT
from tests.chaos.conftest import SCENARIO
from tests.chaos.machines import LONGEST_LEASE, SLOTS, until
from tests.chaos.mail_gate import OPEN, PAUSE, SLOW
from tests.chaos.size import rounds, size, tell
from tests.chaos.world import World

pytestmark = SCENARIO

LONGEST_ANSWER = 60.0  # for a machine that is busy; the figure itself is printed


def test_web_process_that_hangs_for_a_while_loses_nothing(world: World) -> None:
    """Whoever needs a row that it holds is told to come again."""
    for number in rounds(5):
        journeys = world.journeys(size(16, 100), looks=True)
        world.load.phase = f"web process hung, round {number + 1}"
        with world.load.under_way(journeys):
            world.load.wait_for(20)
            victim = random.choice(world.web.workers())
            victim.suspend()
            try:
                time.sleep(size(5, 20))
            finally:
                victim.resume()
        tell(world.load.told(world.load.phase))
        assert world.load.slowest(world.load.phase) < LONGEST_ANSWER
        world.load.phase = "afterwards"
        tell(f"everybody through after {world.load.finish(journeys):.1f} s")
    world.drained()
    world.check()


def test_worker_that_hangs_amid_mails_is_stepped_in_for(world: World) -> None:
    """Its leases end, others send, and what it was sending may come once more when it goes on."""

    def take_a_moment() -> str:
        time.sleep(0.05)
        return ACCEPT

    for number in rounds(5):
        mails, before = size(20, 100), len(world.mail.delivered())
        world.mail.peer.answer_data = take_a_moment
        world.worker.hang()  # else it is done before we look
        world.inside("queue_mails", count=mails, label=f"hung{number}-")
        world.worker.go_on()
        until(lambda before=before: len(world.mail.delivered()) > before, every=0.01, what="the first mail")
        world.worker.hang()
        world.lost_senders += SLOTS
        assert len(world.mail.delivered()) < before + mails, "the worker was too fast for us"
        world.mail.peer.answer_data = lambda: ACCEPT
        other = world.start_worker()
        time.sleep(size(1, LONGEST_LEASE))
        world.hurry(number, are_senders_dead=True)
        took = world.drained()
        world.worker.go_on()
        tell(f"worker hung amid {mails} mails; another had them all out {took:.1f} s after its leases")
        other.end()
    world.check()


def test_slow_mail_server_delays_mails_and_nothing_else(world: World) -> None:
    world.mail.mode = SLOW
    journeys = world.journeys(size(4, 30), looks=True)
    world.load.phase = "mail server slow"
    with world.load.under_way(journeys, threads=4):
        pass
    assert all(journey.is_paid for journey in journeys)
    tell(world.load.told(world.load.phase))
    assert world.load.slowest(world.load.phase) < LONGEST_ANSWER
    tell(f"{PAUSE:.0f} s a mail; all out after {world.drained():.1f} s")
    world.mail.mode = OPEN
    world.check()
