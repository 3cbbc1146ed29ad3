from flashspace.base.errors import Conflict, Forbidden, Invalid, NotFound


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


class SpaceChanged(Conflict):
    """What the reviewer saw is not what he would approve."""

    code = "SPACE_CHANGED"
    message = "The listing was changed meanwhile; please look again"


class SeatsTaken(Conflict):
    """A space cannot have fewer seats than are booked or held on its fullest day."""

    code = "SEATS_TAKEN"

    def __init__(self, peak: int) -> None:
        super().__init__(f"{peak} seats are booked on one day; the space cannot have fewer", field="total_seats")


class RevisionUnknown(NotFound):
    message = "Change not found"


class PhotoUnknown(NotFound):
    message = "Photo not found"


class TooManyPhotos(Conflict):
    code = "TOO_MANY_PHOTOS"
    message = "The listing has as many photos as it can have"


class ReasonMissing(Invalid):
    """A refusal says why."""

    def __init__(self) -> None:
        super().__init__("Please say why", field="reason")
