from django.db import migrations

from flashspace.staff_groups import change_groups

NOTES = ("accounts.add_staffnote", "accounts.view_staffnote")


class Migration(migrations.Migration):
    dependencies = [
        ("flashspace", "0001_staff_groups"),
        ("accounts", "0004_desk"),
        ("billing", "0002_desk"),
    ]
    operations = [
        change_groups(give={"Support": NOTES, "KYC": NOTES, "Finance": (*NOTES, "billing.close_event")}),
    ]
