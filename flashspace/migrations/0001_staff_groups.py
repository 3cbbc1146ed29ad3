from django.db import migrations

from flashspace.staff_groups import change_groups


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0003_identity_numbers"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("billing", "0001_initial"),
        ("bookings", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("listings", "0001_initial"),
        ("sessions", "0001_initial"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]
    operations = [
        change_groups(
            give={
                "Support": (
                    "accounts.change_mail",
                    "accounts.change_session",
                    "accounts.change_user",
                    "accounts.view_mail",
                    "accounts.view_notification",
                    "accounts.view_otpchallenge",
                    "accounts.view_session",
                    "accounts.view_user",
                    "billing.view_invoice",
                    "billing.view_invoiceline",
                    "billing.view_payment",
                    "billing.view_refund",
                    "bookings.cancel_any_booking",
                    "bookings.issue_documents",
                    "bookings.view_booking",
                    "bookings.view_bookingdocument",
                    "bookings.view_timelineentry",
                    "listings.view_plan",
                    "listings.view_space",
                    "listings.view_spacephoto",
                ),
                "KYC": (
                    "accounts.open_kyc_document",
                    "accounts.review_kyc",
                    "accounts.view_identity_numbers",
                    "accounts.view_kycdocument",
                    "accounts.view_kycprofile",
                    "accounts.view_notification",
                    "accounts.view_user",
                    "bookings.view_booking",
                    "bookings.view_timelineentry",
                ),
                "Finance": (
                    "accounts.view_user",
                    "billing.add_sellerentity",
                    "billing.change_sellerentity",
                    "billing.pay_refund",
                    "billing.view_gatewayevent",
                    "billing.view_invoice",
                    "billing.view_invoiceline",
                    "billing.view_numberseries",
                    "billing.view_payment",
                    "billing.view_refund",
                    "billing.view_sellerentity",
                    "bookings.view_booking",
                    "bookings.view_timelineentry",
                ),
                "Content": (
                    "listings.add_plan",
                    "listings.add_space",
                    "listings.add_spacephoto",
                    "listings.change_plan",
                    "listings.change_space",
                    "listings.change_spacephoto",
                    "listings.delete_plan",
                    "listings.delete_spacephoto",
                    "listings.review_space",
                    "listings.view_plan",
                    "listings.view_space",
                    "listings.view_spacephoto",
                    "listings.view_spacerevision",
                ),
                "Operators": (
                    "account.view_emailaddress",
                    "accounts.change_mail",
                    "accounts.change_session",
                    "accounts.view_auditentry",
                    "accounts.view_budget",
                    "accounts.view_idempotencykey",
                    "accounts.view_mail",
                    "accounts.view_notification",
                    "accounts.view_onetimetoken",
                    "accounts.view_otpchallenge",
                    "accounts.view_session",
                    "accounts.view_user",
                    "auth.view_group",
                    "socialaccount.view_socialaccount",
                ),
            }
        )
    ]
