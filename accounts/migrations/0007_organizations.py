import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import flashspace.base.clock
import flashspace.base.models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_audit_seals")]
    operations = [
        migrations.CreateModel(
            name="OrganizationRole",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("slug", models.SlugField(max_length=100)),
                ("description", models.CharField(blank=True, max_length=500)),
                (
                    "level",
                    models.PositiveSmallIntegerField(default=3, help_text="A lower number outranks a higher one"),
                ),
                ("permissions", models.JSONField(default=list, help_text="Slugs of accounts.organization_permissions")),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["level", "id"],
            },
        ),
        migrations.AddField(
            model_name="user",
            name="given_name",
            field=models.CharField(
                blank=True,
                help_text="How `full_name` begins, where the person told the two parts apart",
                max_length=100,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="is_role_open",
            field=models.BooleanField(default=False, help_text="Came by Google and has not chosen a role yet"),
        ),
        migrations.AddField(
            model_name="user",
            name="pending_email",
            field=models.EmailField(blank=True, help_text="Becomes the address once it is confirmed", max_length=254),
        ),
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
                    ("download", "Download own data"),
                ],
                max_length=24,
            ),
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=flashspace.base.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=flashspace.base.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.CharField(max_length=120)),
                ("slug", models.SlugField(unique=True)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("phone", models.CharField(blank=True, max_length=32)),
                ("address", models.CharField(blank=True, max_length=300)),
                ("city", models.CharField(blank=True, max_length=100)),
                ("state", models.CharField(blank=True, max_length=100)),
                ("country", models.CharField(blank=True, max_length=100)),
                ("postal_code", models.CharField(blank=True, max_length=20)),
                ("website", models.CharField(blank=True, max_length=300)),
                ("logo_url", models.CharField(blank=True, max_length=500)),
                ("description", models.CharField(blank=True, max_length=1000)),
                ("tax_id", models.CharField(blank=True, max_length=50)),
                ("registration_number", models.CharField(blank=True, max_length=50)),
                ("industry", models.CharField(blank=True, max_length=100)),
                ("settings", models.JSONField(blank=True, default=dict)),
                ("is_mfa_required", models.BooleanField(default=False, verbose_name="MFA required")),
                ("email_verified_at", models.DateTimeField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("suspended", "Suspended")], default="active", max_length=12
                    ),
                ),
                (
                    "package_code",
                    models.CharField(
                        choices=[
                            ("freemium", "Freemium"),
                            ("basic", "Basic"),
                            ("platinum", "Platinum"),
                            ("diamond", "Diamond"),
                        ],
                        default="freemium",
                        max_length=12,
                    ),
                ),
                ("package_expires_at", models.DateTimeField(blank=True, null=True)),
                ("package_auto_renew", models.BooleanField(default=False)),
                ("user_limit", models.IntegerField(default=10, help_text="-1: no limit")),
                (
                    "role_limit",
                    models.IntegerField(default=2, help_text="The two system roles among them; -1: no limit"),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(fields=["-created_at"], name="organization_newest"),
                    models.Index(fields=["package_expires_at"], name="organization_package_end"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("user_limit__gte", -1), ("role_limit__gte", -1)), name="organization_limits"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=flashspace.base.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=flashspace.base.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("suspended", "Suspended"),
                            ("revoked", "Revoked"),
                            ("deleted", "Deleted"),
                        ],
                        default="active",
                        max_length=12,
                    ),
                ),
                ("joined_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(help_text="When its tokens were last asked for")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=500)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["joined_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=flashspace.base.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=flashspace.base.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("email", models.EmailField(max_length=254)),
                ("message", models.CharField(blank=True, max_length=500)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("accepted", "Accepted"),
                            ("expired", "Expired"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="pending",
                        max_length=12,
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "inviter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.AddField(
            model_name="auditentry",
            name="organization",
            field=models.ForeignKey(
                db_constraint=False,
                help_text="Whose log it is in, beside ours",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="audit_entries",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="onetimetoken",
            name="organization",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                help_text="Signed in to it",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["organization", "-at"], name="audit_organization"),
        ),
        migrations.AddField(
            model_name="organizationrole",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="roles",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="role",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="accounts.organizationrole"
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="role",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="accounts.organizationrole"
            ),
        ),
        migrations.AddConstraint(
            model_name="organizationrole",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_active", True)),
                fields=("organization", "slug"),
                name="organization_role_slug_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="organizationrole",
            constraint=models.CheckConstraint(
                condition=models.Q(("organization__isnull", True), ("level__gte", 3), _connector="OR"),
                name="organization_role_rank",
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["user", "-last_used_at"], name="membership_of_user"),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["organization", "status", "joined_at"], name="membership_of_organization"),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["role", "status"], name="membership_of_role"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=("organization", "user"), name="membership_once"),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["organization", "-created_at"], name="invitation_of_organization"),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                condition=models.Q(("status", "pending")), fields=["expires_at"], name="invitation_expiry"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "pending")),
                fields=("organization", "email"),
                name="invitation_one_pending",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "accepted"), _negated=True),
                    models.Q(("accepted_at__isnull", False), ("accepted_by__isnull", False)),
                    _connector="OR",
                ),
                name="invitation_accepted_by_somebody",
            ),
        ),
    ]
