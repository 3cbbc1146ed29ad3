from bookings.services.cancellation import RELEASE_HOLDS
from flashspace.base.sweeps import SweepCommand


class Command(SweepCommand):
    help = "Cancel unpaid bookings whose hold has run out; their seats are free again."
    sweep = RELEASE_HOLDS
