from django.db import migrations, models


class Migration(migrations.Migration):
    """The release before goes on writing sessions and backup codes: the one needs a default, the other room."""

    dependencies = [
        ("accounts", "0012_no_link_for_own_data"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="signed_by",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Which key signed its last tokens (`kid`)",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="backupcode",
            name="code_hash",
            field=models.CharField(max_length=255),
        ),
    ]
