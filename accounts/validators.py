"""Indian identifiers and telephone numbers.

The form is required and raises; what only looks wrong (a check digit, a PAN that is not the one inside the GSTIN) is
a warning for the reviewer, because the documents' own sample has a wrong check digit. Rules: the form of a GSTIN as
the GST law and the return formats have it, PAN and CIN as published.
"""

import re
from dataclasses import dataclass

from stdnum import verhoeff
from stdnum.exceptions import ValidationError as NumberError
from stdnum.in_ import aadhaar

from flashspace.base.errors import Invalid
from flashspace.base.states import ABROAD, all_states

GSTIN_FORMS = (
    # regular, composition, casual, SEZ (Z in place 14), C collects tax; what else stands there in the wild is warned of
    re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z][0-9A-Z]{2}"),
    # deducts tax at source: of a PAN or of a TAN
    re.compile(r"[0-9]{2}([A-Z]{5}[0-9]{4}[A-Z]|[A-Z]{4}[0-9]{5}[A-Z])[1-9A-Z]D[0-9A-Z]"),
    # UN bodies and embassies, other notified persons
    re.compile(r"[0-9]{4}[A-Z]{3}[0-9]{5}(UN|ON)[0-9A-Z]"),
    # non-resident taxable persons
    re.compile(r"[0-9]{4}[A-Z]{3}[0-9]{5}(NR|NF)[0-9A-Z]"),
    # online services from abroad
    re.compile(r"99[0-9]{2}[A-Z]{3}[0-9]{5}OS[0-9A-Z]"),
)
PAN_INSIDE = re.compile(r"[0-9]{2}(?P<pan>[A-Z]{5}[0-9]{4}[A-Z])[1-9A-Z](?P<kind>[0-9A-Z])")
KNOWN_KINDS = "ZCD123456789ABEFGHIJ"
PAN_FORM = re.compile(r"[A-Z]{5}[0-9]{4}[A-Z]")
CIN_FORM = re.compile(r"[LU][0-9]{5}(?P<state>[A-Z]{2})(?P<year>[0-9]{4})(?P<kind>[A-Z]{3})[0-9]{6}")
AADHAAR_FORM = re.compile(r"[2-9][0-9]{11}")

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PAN_HOLDERS = "ABCFGHJLPT"
CIN_STATES = (
    "AN AP AR AS BR CH CT DD DL DN GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD OR PB PY RJ SK TG TN TR TS UK UP "
    "UR WB"
)
CIN_KINDS = "PTC PLC OPC FTC FLC NPL GOI SGC GAP GAT ULL ULT"


@dataclass(frozen=True)
class Checked:
    """A value as it is stored, and what a reviewer should look at twice."""

    value: str
    warnings: tuple[str, ...] = ()


def check_gstin(value: str, *, field: str = "gstin") -> Checked:
    """Upper-cased without spaces. Raises Invalid."""
    gstin = _compact(value)
    if not any(form.fullmatch(gstin) for form in GSTIN_FORMS):
        raise Invalid("Enter a valid 15-character GSTIN", field=field)
    state = all_states().get(gstin[:2])
    if state is None or state.code == ABROAD:
        raise Invalid("The GSTIN begins with an unknown state code", field=field)
    warnings = []
    if state.is_historical or not (state.is_place_of_supply or state.code == "99"):
        warnings.append(f"GSTIN: state code {state.code} is no longer given out")
    holder = PAN_INSIDE.match(gstin)
    if holder and holder["kind"] not in KNOWN_KINDS:
        warnings.append(f"GSTIN: {holder['kind']} in place 14 is no known kind of registration")
    if gstin[-1] != gstin_check_character(gstin[:14]):
        warnings.append("GSTIN: the check character does not match")
    return Checked(gstin, tuple(warnings))


def gstin_check_character(first: str) -> str:
    """The 15th character for the first 14: factors 1 and 2 in turn, quotient and remainder by 36 added up."""
    total = 0
    for position, character in enumerate(first):
        product = ALPHABET.index(character) * (1 + position % 2)
        total += product // 36 + product % 36
    return ALPHABET[-total % 36]


def check_pan(value: str, *, field: str = "pan") -> Checked:
    """Upper-cased without spaces. The last letter's formula is not public, so it is not tested. Raises Invalid."""
    pan = _compact(value)
    if not PAN_FORM.fullmatch(pan):
        raise Invalid("Enter a valid 10-character PAN", field=field)
    warnings = []
    if pan[3] not in PAN_HOLDERS:
        warnings.append(f"PAN: {pan[3]} is not a known kind of holder")
    if pan[5:9] == "0000":
        warnings.append("PAN: the serial number is zero")
    return Checked(pan, tuple(warnings))


def check_cin(value: str, *, field: str = "cin") -> Checked:
    """Upper-cased without spaces. Raises Invalid."""
    cin = _compact(value)
    match = CIN_FORM.fullmatch(cin)
    if match is None:
        raise Invalid("Enter a valid 21-character CIN", field=field)
    warnings = []
    if match["state"] not in CIN_STATES.split():
        warnings.append(f"CIN: {match['state']} is not a known state")
    if match["kind"] not in CIN_KINDS.split():
        warnings.append(f"CIN: {match['kind']} is not a known class of company")
    if not "1850" <= match["year"] <= "2099":
        warnings.append(f"CIN: incorporated in {match['year']}")
    return Checked(cin, tuple(warnings))


def check_aadhaar(value: str, *, field: str = "aadhaar") -> Checked:
    """Twelve digits without spaces; store `mask_aadhaar` of them, never the whole. Raises Invalid."""
    number = _compact(value)
    if not AADHAAR_FORM.fullmatch(number):
        raise Invalid("Enter a valid 12-digit Aadhaar number", field=field)
    try:
        verhoeff.validate(number)
    except NumberError:
        return Checked(number, ("Aadhaar: the check digit does not match",))
    return Checked(number)


def mask_aadhaar(number: str) -> str:
    """`XXXX XXXX 2346`, as the ministry's guidelines have it."""
    return str(aadhaar.mask(number))


def pan_inside(gstin: str) -> str:
    """The holder's PAN in a GSTIN; empty for the kinds that carry none."""
    match = PAN_INSIDE.match(gstin)
    return match["pan"] if match else ""


# what a company type is called, and the fourth letter its PAN has
HOLDER_OF_TYPE = (
    ("limited liability", "F"),
    ("llp", "F"),
    ("partnership", "F"),
    ("proprietor", "P"),
    ("private limited", "C"),
    ("pvt", "C"),
    ("public limited", "C"),
    ("one person", "C"),
)


def cross_check(*, gstin: str = "", pan: str = "", cin: str = "", company_type: str = "") -> tuple[str, ...]:
    """Warnings about checked values that do not fit together. Empty ones are skipped."""
    warnings = []
    inside = pan_inside(gstin)
    if pan and inside and pan != inside:
        warnings.append("PAN is not the one inside the GSTIN")
    holder = next((letter for word, letter in HOLDER_OF_TYPE if word in company_type.casefold()), "")
    if pan and holder and pan[3] != holder:
        warnings.append(f"PAN: the fourth letter of a {company_type} is {holder}, not {pan[3]}")
    if pan and cin and pan[3] != "C":
        warnings.append("PAN is not a company's, but there is a CIN")
    return tuple(warnings)


def _compact(value: str) -> str:
    return re.sub(r"[\s-]", "", value).upper()
