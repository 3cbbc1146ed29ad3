from django.db import migrations

from flashspace.staff_groups import change_groups


class Migration(migrations.Migration):
    dependencies = [("flashspace", "0003_seals_and_second_factors"), ("accounts", "0007_organizations")]
    operations = [
        change_groups(
            give={
                "Support": (
                    "accounts.view_invitation",
                    "accounts.view_membership",
                    "accounts.view_organization",
                    "accounts.view_organizationrole",
                )
            }
        ),
    ]
