"""What needs Django on a scenario's database: `python -m tests.chaos.inside <function> <json>` prints JSON."""

import io
import json
import sys
from typing import Any

PASSWORD = "quiet-river-of-chaos"
ODD = slice(1, None, 2)  # virtual offices, which have seats enough


def fill(people: int) -> dict[str, Any]:
    """A seller, a catalogue and people with a session each; every tenth has not verified the address yet."""
    from django.contrib.auth.hashers import make_password
    from django.core.management import call_command

    from accounts.clients import Client
    from accounts.models import User
    from accounts.services.sessions import open_session
    from billing.models import SellerEntity
    from flashspace.base.clock import now
    from listings.models import Space
    from tests.bench.seed import _spaces, bench_id

    SellerEntity.objects.create(
        legal_name="FlashSpace India Private Limited",
        address="Andheri East, Mumbai",
        state_code="27",
        gstin="27AAPFU0939F1ZV",
        invoice_prefix="INV",
        is_default=True,
    )
    _spaces(range(40))
    chief = User.objects.create_superuser(email="chief@example.com", password=PASSWORD, full_name="Chief")
    Space.objects.update(approved_by=chief)
    call_command("render_listings", verbosity=0, stdout=io.StringIO())
    hashed = make_password(PASSWORD)
    rows = [
        User(
            email=f"person{number}@example.com",
            full_name=f"Person Number {number}",
            password=hashed,
            email_verified_at=None if number % 10 == 9 else now(),
        )
        for number in range(people)
    ]
    User.objects.bulk_create(rows)
    client = Client(network="203.0.113.9", user_agent="chaos", dialect="flashspace")
    return {
        "spaces": [str(bench_id("space", number)) for number in range(40)[ODD]],
        "people": [
            {
                "id": str(row.pk),
                "email": row.email,
                "token": open_session(user=row, client=client).tokens.access if row.email_verified_at else "",
            }
            for row in rows
        ],
    }


def queue_mails(count: int, label: str) -> list[str]:
    from accounts.services.mail import queue_mail

    return [
        str(queue_mail(to=f"{label}{number}@example.com", template="kyc_approved", context={"name": "Asha"}).pk)
        for number in range(count)
    ]


def queue_poison() -> str:
    """A mail whose invoice nobody can find."""
    from accounts.services.mail import queue_mail

    return str(
        queue_mail(
            to="poison@example.com",
            template="kyc_approved",
            context={"name": "Asha"},
            attachments=[("invoice", "00000000-0000-7000-8000-000000000000")],
        ).pk
    )


def try_twelve_times(mail: str) -> dict[str, Any]:
    """As if hours went by between one attempt and the next. What became of the mail."""
    from datetime import timedelta

    from accounts.models import Mail
    from accounts.services.delivery import MAX_ATTEMPTS, deliver
    from flashspace.base.clock import now

    for day in range(1, MAX_ATTEMPTS + 2):
        deliver(mail, now() + timedelta(days=day))
    return Mail.objects.filter(pk=mail).values("status", "attempts").get()


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(globals()[sys.argv[1]](**json.loads(sys.argv[2]))))
