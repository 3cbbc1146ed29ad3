from django.db import migrations, models

from flashspace.base.operations import RunOnPostgreSQL

# How far each customer came: the desk's funnel reads every booking, and these three columns are all it asks for.
COVERING = """
DROP INDEX booking_customer_newest;
CREATE INDEX booking_customer_newest ON bookings_booking (customer_id, created_at DESC)
INCLUDE (confirmed_at, activated_at);
"""
PLAIN = """
DROP INDEX booking_customer_newest;
CREATE INDEX booking_customer_newest ON bookings_booking (customer_id, created_at DESC);
"""


class Migration(migrations.Migration):
    dependencies = [("bookings", "0003_live_bookings_from_the_index")]

    operations = [
        RunOnPostgreSQL(COVERING, PLAIN),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("status", "pending_kyc")), fields=["confirmed_at"], name="booking_unverified"
            ),
        ),
    ]
