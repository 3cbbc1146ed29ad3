from django.db import migrations

from flashspace.staff_groups import change_groups


class Migration(migrations.Migration):
    dependencies = [
        ("flashspace", "0006_organizations_for_operators"),
        ("billing", "0004_view_revenue"),
    ]
    operations = [change_groups(give={"Finance": ("billing.view_revenue",)})]
