"""What a booking is called on its invoice, and what the tax table calls it."""

from billing.tax import LineIn, ServiceKind, Stay
from bookings.services.pricing import Term, tenure_words
from listings.enums import Period, PlanCode, SpaceKind
from listings.models import Plan, Space

SERVICES: dict[str, ServiceKind] = {
    SpaceKind.VIRTUAL_OFFICE: ServiceKind.VIRTUAL_OFFICE_REGISTRATION,
    SpaceKind.COWORKING: ServiceKind.COWORKING,
    SpaceKind.COLIVING: ServiceKind.COLIVING,
    # A dwelling by the month is a stay as well: exempt or not by its length and price.
    SpaceKind.RENTAL: ServiceKind.COLIVING,
}
KIND_WORDS: dict[str, str] = {
    SpaceKind.VIRTUAL_OFFICE: "Virtual Office",
    SpaceKind.COWORKING: "Coworking Space",
    SpaceKind.COLIVING: "Coliving",
    SpaceKind.RENTAL: "Rental",
}
SHORT_PLANS: dict[str, str] = {PlanCode.GST: "GST Plan", PlanCode.BR: "BR Plan"}


def describe_booking(space: Space, *, plan_code: str, plan_name: str) -> str:
    """`Virtual Office - GST Plan (Andheri)`."""
    plan = SHORT_PLANS.get(plan_code, plan_name)
    return f"{KIND_WORDS[space.kind]} - {plan} ({space.area or space.city})"


def invoice_line(space: Space, plan: Plan, term: Term, *, quantity: int) -> LineIn:
    """`GST Registration Plan - 1 Year`, at the catalogue price of one for the whole term, GST included."""
    return LineIn(
        description=f"{plan.name} - {tenure_words(term.tenure, term.unit)}",
        service=service_of(space.kind, plan.code),
        unit_price=plan.amount * term.tenure,
        quantity=quantity,
        stay=_stay(plan, term),
    )


def service_of(kind: str, plan_code: str) -> ServiceKind:
    """A virtual office of which only the mail is used is another service than one that is registered somewhere."""
    if kind == SpaceKind.VIRTUAL_OFFICE and plan_code == PlanCode.MAILING:
        return ServiceKind.VIRTUAL_OFFICE_MAILING
    return SERVICES[kind]


def _stay(plan: Plan, term: Term) -> Stay:
    make = Stay.daily if plan.period == Period.DAY else Stay.monthly
    return make(price=plan.amount, persons=plan.seats, start_on=term.start_on, end_on=term.end_on)
