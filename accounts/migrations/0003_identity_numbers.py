from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_is_append_only")]
    operations = [
        migrations.AlterModelOptions(
            name="kycprofile",
            options={
                "ordering": ["submitted_at"],
                "permissions": [
                    ("review_kyc", "Can review KYC cases"),
                    ("open_kyc_document", "Can open KYC documents"),
                    ("view_identity_numbers", "Can view PAN and bank numbers in full"),
                ],
                "verbose_name": "KYC case",
            },
        ),
    ]
