"""Who stands on a paper: the seller, a customer, a licensor."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Party:
    """A name and what is known of it. `state` is a GST code (`27`) or empty; `represented_by` is who signs for it."""

    name: str
    address: tuple[str, ...] = ()
    state: str = ""
    gstin: str = ""
    pan: str = ""
    cin: str = ""
    email: str = ""
    phone: str = ""
    represented_by: str = ""
