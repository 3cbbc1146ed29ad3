"""People of the demo and where their KYC stands. Every paper is a drawn specimen."""

from collections.abc import Collection
from datetime import timedelta
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFont

from accounts.enums import DocumentType, KycStatus, Role
from accounts.models import KycProfile, User
from accounts.phones import normalize_phone
from accounts.services.kyc import submit_document, update_business_info
from accounts.services.kyc_review import approve_case, ask_again, reject_case
from accounts.validators import gstin_check_character
from flashspace.base.clock import now, pretend
from flashspace.base.pdf.fonts import FOLDER
from flashspace.demo.people import CUSTOMERS, OWNERS, UNVERIFIED, DemoPerson

PASSWORD = "demo-passw0rd"
FORMATS = {DocumentType.PAN_CARD: "PNG", DocumentType.GST_CERTIFICATE: "PDF", DocumentType.ADDRESS_PROOF: "PDF"}
REASONS = {
    KycStatus.RESUBMIT: "The GST certificate cannot be read; please send a sharper picture.",
    KycStatus.REJECTED: "The PAN belongs to another firm than the one named.",
}


def ensure_people() -> dict[str, User]:
    """Owners and customers by their address. They sign in with PASSWORD."""
    made = {person.email: _join(person, role=Role.OWNER) for person in OWNERS}
    made |= {person.email: _join(person) for person in CUSTOMERS}
    for person in UNVERIFIED:
        _join(person, is_verified=False)
    return made


def _join(person: DemoPerson, *, role: Role = Role.CUSTOMER, is_verified: bool = True) -> User:
    with pretend(now() - timedelta(days=person.joined, hours=2)):
        return _ensure(person, role=role, is_verified=is_verified)


def _ensure(person: DemoPerson, *, role: Role, is_verified: bool) -> User:
    found = User.objects.filter(email=person.email).first()
    return found or User.objects.create_user(
        person.email,
        PASSWORD,
        full_name=person.full_name,
        phone=normalize_phone(person.phone),
        phone_typed=person.phone,
        role=role,
        email_verified_at=now() if is_verified else None,
    )


def seed_cases(*, people: dict[str, User]) -> None:
    """Business data and papers of everybody who has a company and no case yet."""
    for person in CUSTOMERS:
        user = people[person.email]
        if person.company and not KycProfile.objects.filter(user=user).exists():
            with pretend(now() - timedelta(days=person.joined, hours=1)):
                _submit(person, user)


def decide_cases(*, people: dict[str, User], reviewer: User, wanted: Collection[str]) -> None:
    """What staff decided of the cases that end in one of `wanted`; pending ones stay in their queue."""
    for person in CUSTOMERS:
        case = KycProfile.objects.filter(user=people[person.email], status=KycStatus.PENDING).first()
        if case is None or person.kyc not in wanted:
            continue
        if person.kyc == KycStatus.APPROVED:
            approve_case(case=case, actor=reviewer)
        elif person.kyc == KycStatus.REJECTED:
            reject_case(case=case, actor=reviewer, reason=REASONS[KycStatus.REJECTED])
        elif person.kyc == KycStatus.RESUBMIT:
            ask_again(case=case, actor=reviewer, reason=REASONS[KycStatus.RESUBMIT])


def _submit(person: DemoPerson, user: User) -> None:
    first = f"27{person.pan}1Z"
    update_business_info(
        user=user,
        actor=user,
        company_name=person.company,
        company_type=person.company_type,
        gstin=first + gstin_check_character(first),
        pan=person.pan,
        registered_address="123, ABC Building, Mumbai - 400001",
    )
    for kind, form in FORMATS.items():
        paper = ContentFile(_draw_specimen(kind, form, person), name=f"{kind}.{form.lower()}")
        submit_document(user=user, actor=user, type=kind, name=kind.label, upload=paper)


def _draw_specimen(kind: DocumentType, form: str, person: DemoPerson) -> bytes:
    image = Image.new("RGB", (900, 560), (244, 246, 250))
    draw = ImageDraw.Draw(image)
    big, small = (ImageFont.truetype(str(FOLDER / "NotoSans-Regular.ttf"), size) for size in (44, 28))
    draw.rectangle((0, 0, 900, 96), fill=(36, 62, 110))
    draw.text((40, 20), kind.label, font=big, fill=(255, 255, 255))
    for row, line in enumerate((person.full_name, person.company, f"PAN {person.pan}")):
        draw.text((40, 150 + row * 56), line, font=small, fill=(40, 48, 66))
    draw.text((40, 470), "SPECIMEN: not a document of anybody", font=small, fill=(176, 60, 60))
    out = BytesIO()
    image.save(out, form)
    return out.getvalue()
