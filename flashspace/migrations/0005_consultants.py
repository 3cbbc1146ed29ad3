from django.db import migrations

from flashspace.staff_groups import change_groups


class Migration(migrations.Migration):
    dependencies = [("flashspace", "0004_organizations"), ("consultants", "0001_initial")]
    operations = [
        change_groups(give={"Operators": ("consultants.review_consultant", "consultants.view_consultant")}),
    ]
