"""The type of a request behind `SignedIn`: annotate an action's `request` with it."""

from rest_framework.request import Request

from accounts.models import Session, User


class SignedInRequest(Request):
    """Who asks, and under which session. Only a type: DRF makes the object."""

    user: User  # DRF's may also be nobody
    auth: Session
