from flashspace.base.errors import Conflict, Forbidden, NotFound


class SpaceUnknown(NotFound):
    message = "Listing not found"


class NotYourSpace(Forbidden):
    message = "You do not manage this listing"


class SpaceIncomplete(Conflict):
    code = "SPACE_INCOMPLETE"
    message = "The listing lacks something it needs before it can be approved"


class OwnSpace(Forbidden):
    """Nobody approves his own listing."""

    code = "OWN_SPACE"
    message = "You cannot approve your own listing"
