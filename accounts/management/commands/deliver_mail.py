from accounts.services.delivery import deliver_due
from flashspace.base.sweeps import SweepCommand


class Command(SweepCommand):
    help = "Send the mails that are due, as the beat does."
    sweep = deliver_due
