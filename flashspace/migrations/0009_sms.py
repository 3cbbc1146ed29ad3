from django.db import migrations

from flashspace.staff_groups import change_groups

SMS = ("accounts.change_sms", "accounts.view_sms")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0015_sms"), ("flashspace", "0008_staff_and_customers")]
    operations = [change_groups(give={"Support": SMS, "Operators": SMS})]
