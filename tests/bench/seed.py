"""Rows to measure against: a database of its own, filled in bulk, the same ones each time."""

import uuid
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from billing.models import Invoice, SellerEntity
from bookings.models import Booking
from flashspace.base.clock import add_months, now, today
from listings.models import Plan, Space
from listings.places import city_key
from listings.services.documents import render_documents

PASSWORD = "bench-passw0rd"
CITIES = ("Mumbai", "Bangalore", "Delhi", "Pune", "Hyderabad", "Chennai", "Kolkata", "Ahmedabad")
STATES = ("27", "29", "07", "27", "36", "33", "19", "24")
FEATURES = ["24/7 Access", "Meeting Rooms", "High Speed WiFi", "Pantry", "Mail Handling"]
BATCH = 2000
PEOPLE = 2000
BOOKINGS_EACH = 20


def bench_id(kind: str, number: int) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"flashspace:{kind}:{number}")


def bulk(model: Any, rows: list[Any]) -> None:
    model.objects.bulk_create(rows, batch_size=BATCH)


@transaction.atomic
def seed(listings: int, *, tell: Any) -> None:
    """Fill an empty, migrated database."""
    tell(f"seeding {listings} listings, {PEOPLE} people, {PEOPLE * BOOKINGS_EACH} bookings")
    seller = make_seller()
    make_spaces(listings)
    _people()
    _bookings(listings, seller)


def make_seller() -> SellerEntity:
    return SellerEntity.objects.create(
        legal_name="FlashSpace India Private Limited",
        address="Andheri East, Mumbai",
        state_code="27",
        gstin="27AAPFU0939F1ZV",
        invoice_prefix="INV",
        is_default=True,
    )


def make_spaces(count: int) -> None:
    for begin in range(0, count, BATCH):
        _spaces(range(begin, min(begin + BATCH, count)))


def _spaces(numbers: range) -> None:
    spaces, plans = [], []
    for i in numbers:
        random = Random(i)
        city = i // 2 % len(CITIES)  # every city has both kinds
        space = Space(
            id=bench_id("space", i),
            kind="virtual_office" if i % 2 else "coworking",
            name=f"Premium Virtual Office - {CITIES[city]} {i}",
            address=f"{i % 900}, Business Park, {CITIES[city]}",
            city=CITIES[city],
            city_key=city_key(CITIES[city]),
            area=f"Area {i % 10}",
            state_code=STATES[city],
            latitude=19.1 + random.random() / 10,
            longitude=72.8 + random.random() / 10,
            features=FEATURES,
            rating=Decimal(random.randint(30, 50)) / 10,
            reviews=random.randint(0, 900),
            is_popular=i % 5 == 0,
            total_seats=10_000 if i % 2 else 50,
            image_url=f"https://img.example.com/spaces/{i}.jpg",
            status="approved",
            approved_at=now(),
        )
        price = random.randint(999, 9999)
        made = [
            Plan(
                id=bench_id(f"plan-{code}", i),
                space=space,
                code=code,
                name=code.title(),
                amount=amount,
                original_amount=price * 2 if code == "standard" else None,
            )
            for code, amount in (("standard", price), ("gst", price // 2), ("mailing", price // 4), ("br", price // 3))
        ]
        render_documents(space, made)
        spaces.append(space)
        plans += made
    bulk(Space, spaces)
    bulk(Plan, plans)


def _people() -> None:
    hashed = make_password(PASSWORD)
    bulk(
        User,
        [
            User(
                id=bench_id("user", i),
                email=f"user{i}@example.com",
                full_name=f"User Number {i}",
                password=hashed,
                email_verified_at=now(),
            )
            for i in range(PEOPLE)
        ],
    )


def _bookings(listings: int, seller: SellerEntity) -> None:
    day, at = today(), now()
    for person in range(0, PEOPLE, 200):
        invoices, bookings = [], []
        for i in range(person * BOOKINGS_EACH, (person + 200) * BOOKINGS_EACH):
            random = Random(i)
            user, space = bench_id("user", i // BOOKINGS_EACH), random.randrange(listings)
            subtotal = Decimal(random.randint(1000, 20000))
            paid = i % 5 != 0
            invoice = Invoice(
                id=bench_id("invoice", i),
                number=f"INV-2020-{i:05}",
                customer_id=user,
                source_type="booking",
                source_id=bench_id("booking", i),
                description="Virtual Office - GST Plan",
                seller=seller,
                billing_name=f"User Number {i // BOOKINGS_EACH}",
                place_of_supply="27",
                subtotal=subtotal,
                tax_rate=18,
                cgst=subtotal * 9 / 100,
                sgst=subtotal * 9 / 100,
                tax_amount=subtotal * 18 / 100,
                total=subtotal * 118 / 100,
                status="paid" if paid else "pending",
                paid_at=at if paid else None,
                issued_at=at,
                verification_code=f"bench-{i}",
            )
            start = day - timedelta(days=random.randrange(300))
            bookings.append(
                Booking(
                    id=bench_id("booking", i),
                    number=f"FS-2020-{i:06}",
                    customer_id=user,
                    space_id=bench_id("space", space),
                    kind="virtual_office" if i % 3 else "coworking",
                    status="active" if paid else "pending_payment",
                    plan_code="gst",
                    plan_name="GST Registration Plan",
                    unit_price=invoice.total / 12,
                    seats=1,
                    tenure=12,
                    total_amount=invoice.total,
                    start_on=start,
                    end_on=add_months(start, 12),
                    hold_expires_at=at,
                    snapshot={
                        "name": f"Premium Virtual Office {space}",
                        "address": "Business Park",
                        "city": "Mumbai",
                        "image": "https://img.example.com/x.jpg",
                    },
                    invoice=invoice,
                    confirmed_at=at if paid else None,
                    activated_at=at if paid else None,
                )
            )
            invoices.append(invoice)
        bulk(Invoice, invoices)
        bulk(Booking, bookings)
