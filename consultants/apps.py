from django.apps import AppConfig


class ConsultantsConfig(AppConfig):
    name = "consultants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Who is a consultant is not for an organization to rename."""
        from accounts.selectors import members
        from consultants.models import Consultant

        members.register_tie(lambda user: Consultant.objects.filter(user=user).exists())
