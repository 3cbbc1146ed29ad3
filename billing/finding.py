"""What staff find among invoices and money, by the term they typed."""

from django.db.models import Q

from accounts.finding import Kind, Term, begins, code, has_words, of_people, rows_of
from billing.models import Invoice, Payment


def invoices(term: Term) -> Q:
    if term.kind == Kind.ID:
        return Q(pk=term.text) | Q(source_id=term.text) | Q(customer=term.text)
    if term.kind == Kind.CODE:
        return code("number", term) | code("source_number", term)
    if term.kind == Kind.GSTIN:
        return begins("billing_gstin", term.text)
    if term.kind == Kind.WORDS:
        return has_words(term, "billing_name", "billing_company")
    return of_people(term, "customer")


def payments(term: Term) -> Q:
    if term.kind == Kind.ID:
        return Q(pk=term.text) | Q(invoice=term.text) | Q(user=term.text)
    if term.kind == Kind.CODE:
        # a number of ours is an invoice's or a booking's; a gateway's never begins with capitals and a year
        of_ours = Payment.objects.filter(invoice__in=Invoice.objects.filter(invoices(term)).values("pk"))
        told = Payment.objects.filter(code("transaction_id", term) | code("reference", term))
        return Q(pk__in=told.order_by().values("pk").union(of_ours.order_by().values("pk")))
    return of_people(term, "user")


def refunds(term: Term) -> Q:
    if term.kind == Kind.CODE:
        return code("reference", term) | Q(payment__in=Payment.objects.filter(payments(term)).values("pk"))
    if term.kind == Kind.ID:
        return Q(pk=term.text) | Q(payment=term.text)
    return Q(payment__in=Payment.objects.filter(rows_of(term, "user")).values("pk"))


def events(term: Term) -> Q:
    """What gateways told us. They know no people."""
    if term.kind == Kind.ID:
        return Q(pk=term.text)
    told = [begins(column, term.typed) for column in ("event_id", "transaction_id", "reference")]
    return Q.create(told, connector=Q.OR)  # type: ignore[arg-type]
