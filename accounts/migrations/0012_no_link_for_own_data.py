from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_codes_of_sign_ins"),
    ]

    operations = [
        migrations.AlterField(
            model_name="onetimetoken",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("verify_email", "Verify e-mail"),
                    ("reset_password", "Reset password"),
                    ("change_email", "Change e-mail"),
                    ("verify_organization", "Verify organization"),
                    ("exchange", "End a Google sign-in"),
                    ("second_factor", "Show the second factor"),
                    ("set_up_mfa", "Set up MFA"),
                ],
                max_length=24,
            ),
        ),
    ]
