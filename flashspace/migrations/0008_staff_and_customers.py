from django.db import migrations

from flashspace.staff_groups import change_groups


class Migration(migrations.Migration):
    dependencies = [("flashspace", "0007_revenue_for_finance"), ("accounts", "0014_support_views")]
    operations = [
        change_groups(
            give={
                "Support": (
                    "accounts.impersonate_user",
                    "accounts.sign_out_user",
                    "accounts.unlock_user",
                    "accounts.view_supportview",
                ),
                "Finance": ("accounts.set_package", "accounts.view_organization"),
                "Operators": ("accounts.sign_out_user", "accounts.unlock_user", "accounts.view_supportview"),
            }
        ),
    ]
