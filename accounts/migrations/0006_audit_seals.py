import django.db.models.deletion
from django.db import migrations, models

from flashspace.base.operations import RunOnPostgreSQL

FORWARDS = """
CREATE FUNCTION accounts_auditseal_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'seals are never changed or deleted'; END $$;
CREATE TRIGGER accounts_auditseal_append_only BEFORE UPDATE OR DELETE ON accounts_auditseal
FOR EACH ROW EXECUTE FUNCTION accounts_auditseal_refuse();
"""
BACKWARDS = """
DROP TRIGGER accounts_auditseal_append_only ON accounts_auditseal;
DROP FUNCTION accounts_auditseal_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_second_factor")]
    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                (
                    "number",
                    models.PositiveBigIntegerField(
                        help_text="Runs from 1 without a gap", primary_key=True, serialize=False
                    ),
                ),
                ("form", models.PositiveSmallIntegerField(help_text="Which columns of the entry are in the hash")),
                (
                    "previous",
                    models.CharField(blank=True, help_text="The hash of the number before", max_length=64),
                ),
                ("hash", models.CharField(max_length=64)),
                ("key", models.CharField(help_text="Which key signed, not the key", max_length=16)),
                ("signature", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="seal",
                        to="accounts.auditentry",
                    ),
                ),
            ],
            options={"ordering": ["-number"]},
        ),
        RunOnPostgreSQL(FORWARDS, BACKWARDS),
    ]
