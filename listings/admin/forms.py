"""What staff type into. The forms check; listings.services writes."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminImageFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from flashspace.base.money import Price, format_price
from flashspace.base.states import all_states
from listings.changes import PlanChange
from listings.models import Plan, Space, SpacePhoto
from listings.validators import LARGEST_PRICE

MOST_FEATURES = 50
LONGEST_FEATURE = 80


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 6})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > MOST_FEATURES or any(len(line) > LONGEST_FEATURE for line in value):
            raise ValidationError(f"At most {MOST_FEATURES} lines of {LONGEST_FEATURE} characters")


def _states() -> list[tuple[str, str]]:
    states = [(state.code, state.label) for state in all_states().values() if state.is_place_of_supply]
    return [("", "From the city or the pincode"), *sorted(states, key=lambda one: one[1])]


class SpaceForm(forms.ModelForm):
    features = LinesField(required=False, help_text="One a line")
    state_code = forms.ChoiceField(
        label="State",
        required=False,
        choices=_states,
        widget=UnfoldAdminSelectWidget,
        help_text="Where its rent is taxed. A listing without one cannot be approved.",
    )

    class Meta:
        model = Space
        fields = (
            "kind",
            "owner",
            "name",
            "description",
            "address",
            "city",
            "area",
            "state_code",
            "pincode",
            "latitude",
            "longitude",
            "features",
            "availability",
            "desk_type",
            "home_size",
            "total_seats",
            "image_url",
            "rating",
            "reviews",
            "is_popular",
        )
        widgets = {"description": UnfoldAdminTextareaWidget(attrs={"rows": 4})}

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data}


class PlanForm(forms.ModelForm):
    class Meta:
        model = Plan
        fields = ("code", "amount", "original_amount", "period", "seats")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = not self.instance._state.adding
        _name(self)

    def clean_amount(self) -> Decimal:
        return _payable(self.cleaned_data["amount"])

    def clean_original_amount(self) -> Decimal | None:
        amount = self.cleaned_data["original_amount"]
        return None if amount is None else _payable(amount)

    def change(self) -> PlanChange:
        """Only what was typed: a price text that a client sent stays as it is until the price itself is other."""
        data, changed = self.cleaned_data, set(self.changed_data)
        change: PlanChange = {}
        if changed & {"amount", "period"}:
            change["price_text"] = _text(data["amount"], data["period"])
        if "original_amount" in changed:
            amount = data["original_amount"]
            change["original_price_text"] = "" if amount is None else _text(amount, data["period"])
        if "seats" in changed:
            change["seats"] = data["seats"]
        return change


def _payable(amount: Decimal) -> Decimal:
    if not 0 <= amount <= LARGEST_PRICE:
        raise ValidationError(f"Must be between 0 and {LARGEST_PRICE}")
    return amount


def _text(amount: Decimal, period: str) -> str:
    return format_price(Price(amount, period))


class PhotoForm(forms.ModelForm):
    # Not an ImageField: this process never decodes a stranger's picture (accounts.services.uploads does, in a child).
    file = forms.FileField(widget=UnfoldAdminImageFieldWidget, help_text="JPEG or PNG up to 5 MB")

    class Meta:
        model = SpacePhoto
        fields = ("file", "caption", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].disabled = not self.instance._state.adding
        _name(self)


def _name(form: forms.BaseForm) -> None:
    """Who hears the page does not hear the head of the table in whose row a field stands."""
    for field in form.fields.values():
        field.widget.attrs["aria-label"] = field.label
