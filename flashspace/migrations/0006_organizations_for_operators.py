from django.db import migrations

from flashspace.staff_groups import change_groups


class Migration(migrations.Migration):
    dependencies = [("flashspace", "0005_consultants")]
    operations = [
        change_groups(
            give={
                "Operators": (
                    "accounts.view_invitation",
                    "accounts.view_membership",
                    "accounts.view_organization",
                    "accounts.view_organizationrole",
                )
            }
        ),
    ]
