"""What the demo's catalogue holds: six cities, ten listings each. Names and prices are made up; areas are real."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from listings.enums import DeskType, SpaceKind

CITIES = ("Mumbai", "Delhi", "Bengaluru", "Hyderabad", "Chennai", "Pune")
# kind by position: every city has six virtual offices, three coworking spaces and a coliving house
KINDS = (SpaceKind.VIRTUAL_OFFICE,) * 6 + (SpaceKind.COWORKING,) * 3 + (SpaceKind.COLIVING,)
HOUSES = ("Business Park", "Trade Centre", "Corporate Avenue", "Tech Tower", "Chambers", "Plaza", "One", "Exchange")
FIRST = ("Premium", "Prime", "Urban", "Metro", "Summit", "Harbour", "Heritage", "Skyline", "Central", "Crest")
NOUN = {
    SpaceKind.VIRTUAL_OFFICE: "Virtual Office",
    SpaceKind.COWORKING: "Coworking Hub",
    SpaceKind.COLIVING: "Coliving House",
}
FEATURES = {
    SpaceKind.VIRTUAL_OFFICE: (
        "GST Registration",
        "Mail Handling",
        "Call Answering",
        "Meeting Rooms",
        "24/7 Access",
        "Reception",
        "Business Address",
        "Courier Forwarding",
    ),
    SpaceKind.COWORKING: (
        "High Speed WiFi",
        "Ergonomic Chairs",
        "Standing Desks",
        "Phone Booths",
        "Cafeteria",
        "Parking",
        "Meeting Rooms",
        "Power Backup",
        "Event Space",
    ),
    SpaceKind.COLIVING: (
        "Furnished Rooms",
        "Housekeeping",
        "High Speed WiFi",
        "Laundry",
        "Shared Kitchen",
        "Power Backup",
        "Gym",
    ),
}
BASE_PRICE = {SpaceKind.VIRTUAL_OFFICE: 1800, SpaceKind.COWORKING: 7500, SpaceKind.COLIVING: 12500}
SEATS = {SpaceKind.VIRTUAL_OFFICE: None, SpaceKind.COWORKING: (8, 60), SpaceKind.COLIVING: (6, 20)}


@dataclass(frozen=True)
class DemoSpace:
    kind: SpaceKind
    name: str
    address: str
    city: str
    area: str
    latitude: float
    longitude: float
    features: list[str]
    rating: Decimal
    reviews: int
    is_popular: bool
    desk_type: str
    total_seats: int | None
    standard: int
    original: int


@dataclass(frozen=True)
class Area:
    city: str
    name: str
    pincode: str
    latitude: float
    longitude: float


def make_space(area: Area, position: int) -> DemoSpace:
    """The `position`-th listing of a city, the same each time."""
    random = Random(f"{area.city}{position}")  # noqa: S311 (prices of a demo)
    kind = KINDS[position]
    standard = round(BASE_PRICE[kind] * random.uniform(0.8, 1.9), -2) - 1
    seats = SEATS[kind]
    return DemoSpace(
        kind=kind,
        name=f"{FIRST[position]} {NOUN[kind]} - {area.name}",
        address=f"{random.randint(1, 480)}, {random.choice(HOUSES)}, {area.name}, {area.city} - {area.pincode}",
        city=area.city,
        area=area.name,
        latitude=round(area.latitude + random.uniform(-0.006, 0.006), 6),
        longitude=round(area.longitude + random.uniform(-0.006, 0.006), 6),
        features=sorted(random.sample(FEATURES[kind], 5)),
        rating=Decimal(random.randint(36, 50)) / 10,
        reviews=random.randint(4, 260),
        is_popular=position % 4 == 0,
        desk_type=random.choice(DeskType.values) if kind == SpaceKind.COWORKING else "",
        total_seats=random.randint(*seats) if seats else None,
        standard=int(standard),
        original=int(round(standard * random.uniform(1.2, 1.6), -2) - 1),
    )
