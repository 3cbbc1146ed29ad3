"""What staff find among bookings and their papers, by the term they typed."""

from django.db.models import Q

from accounts.finding import Kind, Term, code, has_words, of_people
from bookings.models import Booking


def bookings(term: Term) -> Q:
    if term.kind == Kind.ID:
        return Q(pk=term.text) | Q(customer=term.text) | Q(space=term.text)
    if term.kind == Kind.CODE:
        return code("number", term)
    theirs = of_people(term, "customer")
    contact = _contact(term)
    if contact is None:
        return theirs
    rows = Booking.objects.order_by().values("pk")
    return Q(pk__in=rows.filter(theirs).union(rows.filter(contact)))


def _contact(term: Term) -> Q | None:
    """Who is to be reached about a booking may be another than who made it."""
    if term.kind == Kind.EMAIL:
        return Q(customer_email__istartswith=term.text)
    return Q(customer_phone__in=term.spellings) if term.kind == Kind.PHONE else None


def documents(term: Term) -> Q:
    if term.kind == Kind.ID:
        return Q(pk=term.text) | Q(booking=term.text)
    if term.kind == Kind.CODE:
        theirs = Q(booking__in=Booking.objects.filter(bookings(term)).values("pk"))
        return code("number", term) if term.text[:1].upper() in "AN" else theirs
    if term.kind == Kind.WORDS:
        return has_words(term, "holder")
    return Q(booking__in=Booking.objects.filter(of_people(term, "customer")).values("pk"))


def entries(term: Term) -> Q:
    """Of timelines."""
    return Q(booking__in=Booking.objects.filter(bookings(term)).values("pk"))
