from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the apps before us what only we know: what is booked, how full a space is, what KYC leads to."""
        from accounts import journey
        from accounts.selectors import members, own_data
        from accounts.services import kyc_review
        from billing import billables
        from bookings.models import Booking
        from bookings.selectors.figures import has_been_active, has_booked, has_paid, list_ways
        from bookings.selectors.own_data import BOOKINGS
        from bookings.services.billable import BOOKING
        from bookings.services.capacity import find_peak, taken_now
        from bookings.services.lifecycle import activate_verified
        from bookings.services.tell import register_papers
        from listings import occupancy

        billables.register("booking", BOOKING)
        occupancy.register(taken_now=taken_now, find_peak=find_peak)
        kyc_review.register_decided(activate_verified)
        register_papers()
        own_data.register("bookings", BOOKINGS)
        members.register_tie(lambda user: Booking.objects.filter(customer=user).exists())
        journey.register(journey.Step.BOOKED, has_booked)
        journey.register(journey.Step.PAID, has_paid)
        journey.register(journey.Step.ACTIVE, has_been_active)
        journey.register_rows((journey.Step.BOOKED, journey.Step.PAID, journey.Step.ACTIVE), list_ways)
