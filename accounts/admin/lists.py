"""Lists that stay quick however long they are: a search asks an index."""

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.admin.pages import staff_of
from accounts.finding import Kind, Term, read_term, sort_found
from accounts.policies import can_see_identity_numbers

GSTIN_LENGTH = 15


class FoundByTerm:
    """Mixin for a ModelAdmin: what is typed is one kind of thing, and only the columns that hold such things are asked.

    `search_fields` names them for the theme and for Django's checks; `find` is what is asked.
    """

    search_help_text: ClassVar[str] = "Number, e-mail, phone, GSTIN or name"
    is_gstin_secret: ClassVar[bool] = False  # a list of invoices shows it, one of cases masks the PAN in it

    def find(self, term: Term) -> Q:
        raise NotImplementedError

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> "tuple[QuerySet[Any], bool]":
        term = read_term(search_term)
        if term is None:
            return queryset, False
        tells = self.is_gstin_secret and term.kind == Kind.GSTIN and not can_see_identity_numbers(staff_of(request))
        if tells or not may_ask(request, term):
            return queryset.none(), False
        return sort_found(queryset.filter(self.find(term)), term), False


def may_ask(request: HttpRequest, term: Term) -> bool:
    """Who may not see a PAN may not find out either whose it is, nor guess the one in a GSTIN letter by letter."""
    tells = term.kind == Kind.PAN or (term.kind == Kind.GSTIN and len(term.text) < GSTIN_LENGTH)
    return not tells or can_see_identity_numbers(staff_of(request))
