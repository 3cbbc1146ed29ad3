from billing.services.events import APPLY_EVENTS
from flashspace.base.sweeps import SweepCommand


class Command(SweepCommand):
    help = "Apply what gateways said and nobody has acted on yet, as the beat does."
    sweep = APPLY_EVENTS
