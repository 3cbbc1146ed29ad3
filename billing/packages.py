"""What workspace's packages cost and allow. Their numbers on the wire are 1 to 4, in this order. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from accounts.enums import PackageCode
from billing.exceptions import PackageUnknown


@dataclass(frozen=True, slots=True)
class Package:
    """`role_limit` counts the two system roles. The price is for a month, in US dollars."""

    code: PackageCode
    monthly_price: Decimal
    user_limit: int
    role_limit: int

    @property
    def number(self) -> int:
        return self.code.number

    @property
    def name(self) -> str:
        return str(self.code.label)


FREEMIUM: Final = Package(PackageCode.FREEMIUM, Decimal(0), 10, 2)
PACKAGES: Final = (
    FREEMIUM,
    Package(PackageCode.BASIC, Decimal(10), 25, 5),
    Package(PackageCode.PLATINUM, Decimal(20), 50, 7),
    Package(PackageCode.DIAMOND, Decimal(35), 100, 10),
)


def find_package(word: str | int) -> Package:
    """By its number or its name, however it is written. Raises PackageUnknown."""
    text = str(word).strip().lower()
    for package in PACKAGES:
        if text in (str(package.number), package.code.value):
            return package
    raise PackageUnknown
