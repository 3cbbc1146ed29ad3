"""What agreement and NOC say. The wording lives in `texts/`, where a lawyer can change it.

There, `# …` begins a section, blank lines part its clauses, and a clause that begins with `[word]` is printed only when
that word holds: a kind of space, `registration`, `auto_renewed`, `not_auto_renewed`.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from bookings.pdf.documents import AgreementDocument, NocDocument
from flashspace.base.pdf.style import long_date, rupees, state_label
from listings.enums import SpaceKind

TEXTS = Path(__file__).parent / "texts"
TITLES = {
    SpaceKind.VIRTUAL_OFFICE: "Virtual Office Agreement",
    SpaceKind.COWORKING: "Coworking Agreement",
    SpaceKind.COLIVING: "Coliving Agreement",
    SpaceKind.RENTAL: "Licence Agreement",
}
CONDITION = re.compile(r"\[(\w+)\] ")


@dataclass(frozen=True)
class Section:
    title: str
    clauses: tuple[str, ...]


def agreement_title(document: AgreementDocument) -> str:
    return TITLES[SpaceKind(document.kind)]


def agreement_sections(document: AgreementDocument) -> list[Section]:
    holds = {str(document.kind), "auto_renewed" if document.is_auto_renewed else "not_auto_renewed"}
    if document.has_registration:
        holds.add("registration")
    facts = {
        "begins": long_date(document.start_on),
        "ends": long_date(document.last_on),
        "fee": rupees(document.fee),
        "invoice": document.invoice_number,
        "courts": document.premises.city or state_label(document.premises.state),
    }
    return _read("agreement.txt", holds, facts)


def noc_paragraphs(document: NocDocument) -> tuple[str, ...]:
    facts = {
        "provider": document.licensor.name,
        "client": document.client.name,
        "agreement": document.agreement_number,
        "issued": long_date(document.issued_on),
        "begins": long_date(document.start_on),
        "ends": long_date(document.last_on),
    }
    return _read("noc.txt", (), facts)[0].clauses


def _read(name: str, holds: Collection[str], facts: Mapping[str, str]) -> list[Section]:
    sections = []
    for block in (TEXTS / name).read_text(encoding="utf-8").split("# ")[1:]:
        title, _, body = block.partition("\n")
        clauses = tuple(
            CONDITION.sub("", clause).format_map(facts)
            for clause in (" ".join(part.split()) for part in body.split("\n\n") if part.strip())
            if not (condition := CONDITION.match(clause)) or condition[1] in holds
        )
        if clauses:
            sections.append(Section(title, clauses))
    return sections
