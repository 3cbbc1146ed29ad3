"""What is sold, to whom, and what the tax law makes of it: the words of the tax table."""

from django.db.models import TextChoices


class ServiceKind(TextChoices):
    """The values are the `service_kind` words of data/gst_rules.csv."""

    VIRTUAL_OFFICE_REGISTRATION = "virtual_office_registration", "Virtual office with registration papers"
    VIRTUAL_OFFICE_MAILING = "virtual_office_mailing", "Virtual office, mailing address only"
    COWORKING = "coworking", "Coworking space"
    COMMERCIAL_RENT = "commercial_rent", "Commercial rent"
    COLIVING = "coliving", "Coliving"
    MEETING_ROOM = "meeting_room", "Meeting room"
    SELF_STORAGE_UNIT = "self_storage_unit", "Storage in a unit of one's own"
    STORAGE_OF_GOODS = "storage_of_goods", "Storage of goods in our custody"
    SOFTWARE_SUBSCRIPTION = "software_subscription", "Software subscription"


class BuyerKind(TextChoices):
    """The values are the `buyer_kind` words of data/gst_rules.csv."""

    B2C = "B2C", "Unregistered"
    B2B_SAME_STATE = "B2B_SAME_STATE", "Registered in the seller's state"
    B2B_OTHER_STATE = "B2B_OTHER_STATE", "Registered in another state"
    SEZ = "SEZ", "SEZ unit or developer"
    EXPORT = "EXPORT", "Buyer abroad"


class Treatment(TextChoices):
    TAXABLE = "taxable", "Taxable"
    EXEMPT = "exempt", "Exempt"
    ZERO_RATED = "zero_rated", "Zero-rated"


# data/sac_codes.csv. Where practice and not law decides (coworking, virtual office, subscriptions) the code
# follows the place of supply that gst_rules.csv gives the same service: a right in property is 9972.
SAC_CODES: dict[ServiceKind, str] = {
    ServiceKind.VIRTUAL_OFFICE_REGISTRATION: "997212",
    ServiceKind.VIRTUAL_OFFICE_MAILING: "998594",
    ServiceKind.COWORKING: "997212",
    ServiceKind.COMMERCIAL_RENT: "997212",
    ServiceKind.COLIVING: "996322",
    ServiceKind.MEETING_ROOM: "997212",
    ServiceKind.SELF_STORAGE_UNIT: "997212",
    ServiceKind.STORAGE_OF_GOODS: "996729",
    ServiceKind.SOFTWARE_SUBSCRIPTION: "998315",
}


def buyer_kind(*, gstin: str, seller_state: str, is_abroad: bool = False, is_sez: bool = False) -> BuyerKind:
    """An SEZ unit has an ordinary GSTIN, so staff say that it is one; everything else the number tells."""
    if is_abroad:
        return BuyerKind.EXPORT
    if is_sez:
        return BuyerKind.SEZ
    if not gstin:
        return BuyerKind.B2C
    return BuyerKind.B2B_SAME_STATE if gstin[:2] == seller_state else BuyerKind.B2B_OTHER_STATE
