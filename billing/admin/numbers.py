from django.contrib import admin
from unfold.admin import ModelAdmin

from accounts.admin.pages import LookedAt
from billing.models import NumberSeries


@admin.register(NumberSeries)
class NumberSeriesAdmin(LookedAt, ModelAdmin):
    empty = "No number was given yet. A series begins here with its first invoice or booking."
    list_display = ("name", "last")
    search_fields = ("name",)
    ordering = ("-name",)
    fields = ("name", "last")
