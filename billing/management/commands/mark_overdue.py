from billing.services.invoices import MARK_OVERDUE
from flashspace.base.sweeps import SweepCommand


class Command(SweepCommand):
    help = "Call unpaid invoices overdue whose day to be paid has come."
    sweep = MARK_OVERDUE
