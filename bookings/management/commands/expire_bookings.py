from bookings.services.lifecycle import EXPIRE_BOOKINGS
from flashspace.base.sweeps import SweepCommand


class Command(SweepCommand):
    help = "End active bookings whose time is over in India."
    sweep = EXPIRE_BOOKINGS
