"""What can go wrong with a consultant. Codes as the document of the dialect has them, where it has some."""

from flashspace.base.errors import Conflict, DomainError, NotFound, Unauthenticated


class ConsultantUnknown(NotFound):
    """Whoever is signed in is no consultant."""

    code = "CONSULTANT_NOT_FOUND"
    message = "Consultant account not found"


class WrongAdminCredentials(Unauthenticated):
    """Wrong e-mail or password, or a person who is no colleague: nobody is told which."""

    code = "INVALID_ADMIN_CREDENTIALS"
    message = "Invalid admin credentials"


class OwnProfile(Conflict):
    code = "OWN_PROFILE"
    message = "Ask a colleague: nobody decides about their own profile"


class ReasonMissing(DomainError):
    code = "REASON_REQUIRED"
    message = "Give the person a reason"
