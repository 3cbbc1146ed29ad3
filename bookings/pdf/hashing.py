"""The hash that stands for a paper. It is printed on it, so it is of the words and not of the file."""

from dataclasses import asdict

from bookings.pdf.clauses import agreement_sections, noc_paragraphs
from bookings.pdf.documents import AgreementDocument, NocDocument
from flashspace.base.pdf.hashing import hash_content


def content_hash(document: AgreementDocument | NocDocument) -> str:
    """SHA-256 in hex of the particulars and of every clause, so that a later wording is another paper.

    The verification address is left out: the same words stay the same paper when the platform moves.
    """
    content = asdict(document) | {"number": document.number}
    del content["verification_url"]
    if isinstance(document, NocDocument):
        content["clauses"] = noc_paragraphs(document)
    else:
        content["clauses"] = [asdict(section) for section in agreement_sections(document)]
    return hash_content(content)
