from django.apps import AppConfig


class ListingsConfig(AppConfig):
    name = "listings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.selectors.kyc_review import register_check
        from listings.kyc_checks import check_state

        register_check(check_state)
