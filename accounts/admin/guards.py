"""The rows that keep guard, without anything that opens a door."""

from django.contrib import admin
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.admin.filters import DayRangeFilter
from accounts.admin.pages import LookedAt, link_to
from accounts.models import Budget, IdempotencyKey, OneTimeToken, OtpChallenge


class GuardAdmin(LookedAt, ModelAdmin):
    list_filter_submit = True
    show_full_result_count = False


@admin.register(OtpChallenge)
class OtpChallengeAdmin(GuardAdmin):
    empty = (
        "No code was sent lately. One comes here, without its digits, when somebody asks for it; old ones are cleared "
        "away."
    )
    list_display = ("identifier", "sent_at", "expires_at", "used_at", "wrong_tries", "locked_until")
    list_filter = (("sent_at", DayRangeFilter), ("locked_until", DayRangeFilter))
    search_fields = ("identifier",)
    ordering = ("-updated_at",)
    fields = (("identifier", "shown_user"), ("sent_at", "expires_at"), "used_at", ("wrong_tries", "locked_until"))

    @display(description="Account")
    def shown_user(self, challenge: OtpChallenge) -> str:
        return link_to(challenge.user)


@admin.register(OneTimeToken)
class OneTimeTokenAdmin(GuardAdmin):
    empty = "No link was sent lately. One comes here when an address is to be verified or a password to be chosen."
    list_display = ("created_at", "user", "purpose", "expires_at", "used_at")
    list_filter = ("purpose", ("created_at", DayRangeFilter))
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-created_at",)
    fields = (("user", "purpose"), ("organization", "session"), ("created_at", "expires_at"), "used_at")


@admin.register(Budget)
class BudgetAdmin(GuardAdmin):
    empty = "Nobody tried anything too often lately. A counter comes here with the first wrong password or code."
    list_display = ("name", "count", "resets_at")
    list_filter = ("name", ("resets_at", DayRangeFilter))
    search_fields = ("name",)
    ordering = ("-resets_at",)
    fields = (("name", "count"), "resets_at")


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(GuardAdmin):
    """Without the kept answer: it is the person's own, and may hold what staff need a permission for."""

    empty = "No key is kept now. One comes here with every request that a client may safely send again."
    list_display = ("created_at", "user", "key", "status", "leased_until")
    list_filter = ("status", ("created_at", DayRangeFilter))
    list_select_related = ("user",)
    search_fields = ("user__email", "=key")
    ordering = ("-created_at",)
    fields = (("user", "key"), ("created_at", "leased_until"), "status")
