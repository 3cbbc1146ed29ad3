from django.db import migrations

from flashspace.staff_groups import change_groups


class Migration(migrations.Migration):
    dependencies = [
        ("flashspace", "0002_notes_and_closed_events"),
        ("accounts", "0006_audit_seals"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        change_groups(
            give={
                "Operators": (
                    "accounts.view_auditseal",
                    "accounts.view_backupcode",
                    "accounts.view_totpsetup",
                    "mfa.view_authenticator",
                )
            }
        ),
    ]
