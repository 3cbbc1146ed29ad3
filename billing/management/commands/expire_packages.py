from billing.services.packages import EXPIRE_PACKAGES
from flashspace.base.sweeps import SweepCommand


class Command(SweepCommand):
    help = "Bring organizations whose package is over back to Freemium."
    sweep = EXPIRE_PACKAGES
