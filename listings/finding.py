"""What staff find among the listings, by the term they typed."""

from django.db.models import Q

from accounts.finding import Kind, Term, has_words, nothing, of_people


def spaces(term: Term) -> Q:
    if term.kind == Kind.ID:
        return Q(pk=term.text) | Q(owner=term.text)
    if term.kind in (Kind.EMAIL, Kind.PHONE, Kind.GSTIN, Kind.PAN, Kind.CIN):
        return of_people(term, "owner")
    return has_words(term, "name", "area", "city") if term.words else nothing()
