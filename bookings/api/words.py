"""How the dialects call what the code calls otherwise."""

from collections.abc import Sequence

from accounts.enums import KycStatus
from bookings.enums import BookingStatus
from bookings.services.pricing import last_day as shown_end
from listings.enums import SpaceKind

__all__ = ["FLASHSPACE_TYPE", "KIND_OF_TYPE", "KYC_WORDS", "MONTHS", "NANO_STATUS", "percentages", "shown_end"]

# flashspace's document says coworking_space.
FLASHSPACE_TYPE: dict[str, str] = {kind: kind for kind in SpaceKind.values} | {SpaceKind.COWORKING: "coworking_space"}
KIND_OF_TYPE: dict[str, str] = {word: kind for kind, word in FLASHSPACE_TYPE.items()}

# nano has three words: unpaid, paid (running or over), cancelled.
NANO_STATUS: dict[str, str] = {
    BookingStatus.PENDING_PAYMENT: "pending",
    BookingStatus.PENDING_KYC: "confirmed",
    BookingStatus.ACTIVE: "confirmed",
    BookingStatus.EXPIRED: "confirmed",
    BookingStatus.CANCELLED: "cancelled",
}

# The dashboard says verified, everything else is called as it is.
KYC_WORDS: dict[str, str] = {status: status for status in KycStatus.values} | {KycStatus.APPROVED: "verified"}

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def percentages(counts: Sequence[int]) -> list[int]:
    """Whole percents that add up to 100 by largest remainder; all 0 where there is nothing."""
    total = sum(counts)
    if not total:
        return [0] * len(counts)
    floors = [count * 100 // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda index: -(counts[index] * 100 % total))
    for index in by_remainder[: 100 - sum(floors)]:
        floors[index] += 1
    return floors
