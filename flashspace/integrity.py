"""What must hold of every app's rows together."""

from collections.abc import Iterator

from flashspace.base import ciphertext
from flashspace.base.ciphertext import Place
from flashspace.base.integrity import Findings, findings, rule


@rule("I-A5", "Whatever is encrypted is opened by a key that is configured")
def ciphertexts_open() -> Findings:
    found = [(place, ciphertext.count_by_key(place)) for place in ciphertext.places()]
    return findings(sum(count.total() for _, count in found), (line for place, _ in found for line in _shut(place)))


def _shut(place: Place) -> Iterator[str]:
    return (f"{place.name} of {pk} is opened by no key" for pk, value in place.values() if place.keys_of(value)[None])
