"""Who lives in the demo. Identifiers have right check digits and belong to nobody."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoPerson:
    email: str
    full_name: str
    phone: str
    company: str = ""
    company_type: str = ""
    gstin: str = ""
    pan: str = ""
    kyc: str = ""
    joined: int = 365  # days ago; papers come the same day


OWNERS = (
    DemoPerson("meera.owner@example.com", "Meera Krishnan", "+91-9840011223", joined=450),
    DemoPerson("arjun.owner@example.com", "Arjun Malhotra", "+91-9811044556", joined=450),
)
# `kyc` is where the person's case stands in the end
CUSTOMERS = (
    DemoPerson(
        "asha@example.com",
        "Asha Iyer",
        "+91-9820012345",
        "Iyer Textiles Pvt Ltd",
        "Private Limited",
        pan="AABCI1234F",
        kyc="approved",
    ),
    DemoPerson(
        "rohan@example.com",
        "Rohan Deshpande",
        "+91-9922098765",
        "Deshpande Exports LLP",
        "LLP",
        pan="AAFFD5678K",
        kyc="approved",
    ),
    DemoPerson(
        "farah@example.com",
        "Farah Siddiqui",
        "+91-9899011122",
        "Siddiqui Design Studio",
        "Proprietorship",
        pan="AKLPS2345M",
        kyc="approved",
    ),
    DemoPerson(
        "vikram@example.com",
        "Vikram Rathore",
        "+91-9711122233",
        "Rathore Logistics Pvt Ltd",
        "Private Limited",
        pan="AADCR8765H",
        kyc="pending",
        joined=6,
    ),
    DemoPerson(
        "divya@example.com",
        "Divya Menon",
        "+91-9847056781",
        "Menon Foods Pvt Ltd",
        "Private Limited",
        pan="AAHCM4321C",
        kyc="pending",
        joined=3,
    ),
    DemoPerson(
        "kabir@example.com",
        "Kabir Anand",
        "+91-9876501234",
        "Anand Analytics Pvt Ltd",
        "Private Limited",
        pan="AAKCA7788R",
        kyc="resubmit",
        joined=12,
    ),
    DemoPerson(
        "leela@example.com",
        "Leela Banerjee",
        "+91-9830067890",
        "Banerjee & Co",
        "Partnership",
        pan="AAEFB3344N",
        kyc="rejected",
        joined=15,
    ),
    DemoPerson("nikhil@example.com", "Nikhil Joshi", "+91-9890012399", joined=1),
    DemoPerson("tara@example.com", "Tara Fernandes", "+91-9823045670", joined=40),
)
UNVERIFIED = (DemoPerson("sameer@example.com", "Sameer Kulkarni", "+91-9850077777", joined=2),)
