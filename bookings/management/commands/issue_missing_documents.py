from bookings.services.documents import ISSUE_MISSING
from flashspace.base.sweeps import SweepCommand


class Command(SweepCommand):
    help = "Make the papers that active bookings still lack, as the beat does."
    sweep = ISSUE_MISSING
