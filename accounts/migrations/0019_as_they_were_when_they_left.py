from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def write_down(apps, schema_editor):
    """Nobody knows any more what those who left before this were called then: as they are today, once."""
    person = apps.get_model("accounts", "User").objects.filter(pk=OuterRef("user"))
    over = apps.get_model("accounts", "Membership").objects.filter(status__in=["revoked", "deleted"])
    over.update(ended_name=Subquery(person.values("full_name")), ended_email=Subquery(person.values("email")))


class Migration(migrations.Migration):
    """The release before goes on writing memberships: it needs the defaults."""

    dependencies = [("accounts", "0018_set_ups_of_one_sign_in")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="ended_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=150),
        ),
        migrations.AddField(
            model_name="membership",
            name="ended_email",
            field=models.EmailField(blank=True, db_default="", default="", max_length=254),
        ),
        migrations.RunPython(write_down, migrations.RunPython.noop),
    ]
