"""What must hold of listings on a live database. `manage.py check_integrity` runs every rule."""

from collections.abc import Iterator
from typing import Final

from django.db.models import F, Q

from flashspace.base.integrity import Findings, findings, rule
from flashspace.base.states import all_states
from listings.changes import photo_ids
from listings.enums import PlanCode, RevisionStatus, SpaceStatus
from listings.models import Plan, Space, SpacePhoto, SpaceRevision
from listings.places import city_key
from listings.services.documents import find_stale
from listings.validators import read_price

CHUNK: Final = 500


@rule("I-P1", "What is approved has an approver who is not its owner, a time, a taxed state and a plan")
def approved_is_complete() -> Findings:
    approved = Space.objects.filter(status=SpaceStatus.APPROVED)
    states = [code for code, state in all_states().items() if state.is_place_of_supply]
    wrong = approved.filter(
        Q(approved_at=None)
        | Q(approved_by=None)
        | Q(approved_by=F("owner"))
        | Q(plans=None)
        | ~Q(state_code__in=states)
    ).distinct()
    return findings(
        approved.count(), (f"space {pk} is approved and should not be" for pk in wrong.values_list("pk", flat=True))
    )


@rule("I-P2", "The stored documents of listings and of changes that wait are what would be rendered now")
def documents_are_fresh() -> Findings:
    return findings(Space.objects.count(), (f"space {pk} shows old data; run render_listings" for pk in find_stale()))


@rule("I-P3", "Compared city names follow the written ones, plans are known and their prices read as their amounts")
def derived_values_agree() -> Findings:
    plans = Plan.objects.exclude(code__in=PlanCode.values)
    return findings(
        Space.objects.count() + Plan.objects.count(),
        [
            *_cities(),
            *_prices(),
            *(f"plan {pk} has an unknown code" for pk in plans.values_list("pk", flat=True)),
        ],
    )


def _cities() -> Iterator[str]:
    for pk, city, key in Space.objects.order_by().values_list("pk", "city", "city_key").iterator(CHUNK):
        if city_key(city) != key:
            yield f"space {pk}: {city} is compared as {key}"


def _prices() -> Iterator[str]:
    rows = Plan.objects.exclude(price_text="").order_by()
    for pk, text, amount, period in rows.values_list("pk", "price_text", "amount", "period").iterator(CHUNK):
        try:
            price = read_price(text)
        except ValueError:
            yield f"plan {pk}: {text!r} is no price"
        else:
            if (price.amount, price.period) != (amount, period):
                yield f"plan {pk}: {text!r} stands for {amount} a {period}"


@rule("I-P4", "A decided change has who decided and when, and a proposed photo belongs to a change that waits")
def changes_are_whole() -> Findings:
    decided = SpaceRevision.objects.exclude(status=RevisionStatus.PENDING)
    unsigned = decided.filter(Q(decided_at=None) | Q(decided_by=None) | Q(decided_by=F("proposed_by")))
    waiting = SpaceRevision.objects.filter(status=RevisionStatus.PENDING)
    named = {pk for changes in waiting.values_list("changes", flat=True) for pk in photo_ids(changes, "add")}
    proposed = SpacePhoto.objects.filter(is_proposed=True).values_list("pk", flat=True)
    return findings(
        SpaceRevision.objects.count(),
        [
            *(f"change {pk} is decided by nobody else" for pk in unsigned.values_list("pk", flat=True)),
            *(f"photo {pk} waits for no decision" for pk in proposed if pk not in named),
        ],
    )
