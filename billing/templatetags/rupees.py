from decimal import Decimal

from django import template

from flashspace.base.money import format_rupees

register = template.Library()


@register.filter
def rupees(amount: Decimal) -> str:
    return format_rupees(amount)
