from accounts.models import User
from flashspace.dialects.views import DialectViewSet


class PersonalViewSet(DialectViewSet):
    """Calls that only a person who is signed in gets to."""

    @property
    def person(self) -> User:
        user = self.request.user
        assert isinstance(user, User)
        return user
