"""Every model has a page in the admin, in the one look."""

from django.apps import apps
from django.contrib import admin
from unfold.admin import ModelAdmin

OURS = ("accounts", "billing", "bookings", "consultants", "listings", "support")
# Rows that are edited on the page of what they belong to.
PARTS = {"billing.InvoiceLine", "listings.Plan", "listings.SpacePhoto"}


def test_every_model_of_ours_has_a_page():
    missing = {
        model._meta.label
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        if model not in admin.site._registry
    }

    assert missing - PARTS == set()


def test_every_page_has_the_one_look():
    plain = [model._meta.label for model, page in admin.site._registry.items() if not isinstance(page, ModelAdmin)]

    assert plain == []
