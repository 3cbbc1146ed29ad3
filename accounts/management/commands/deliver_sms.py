from accounts.services.sms_delivery import deliver_due
from flashspace.base.sweeps import SweepCommand


class Command(SweepCommand):
    help = "Send the SMS that are due, as the beat does."
    sweep = deliver_due
