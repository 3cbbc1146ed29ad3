from accounts.services.invitations import EXPIRE_INVITATIONS
from flashspace.base.sweeps import SweepCommand


class Command(SweepCommand):
    help = "Write down that invitations have expired, and tell who sent them."
    sweep = EXPIRE_INVITATIONS
