from accounts.services.support_views import CLOSE_VIEWS
from flashspace.base.sweeps import SweepCommand


class Command(SweepCommand):
    help = "Write down that a colleague's look at what a customer sees has ended."
    sweep = CLOSE_VIEWS
