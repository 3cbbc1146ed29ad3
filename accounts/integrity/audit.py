"""The audit log: nothing in it was changed, removed or put in between."""

from accounts.selectors.audit_chain import check_chain
from flashspace.base.integrity import Findings, findings, rule


@rule("I-L1", "Every sealed audit entry is what was sealed, in an unbroken chain that ends with our signature")
def audit_log_is_what_was_written() -> Findings:
    chain = check_chain()
    lines = list(chain.lines)
    if chain.broken > len(lines):
        lines.append(f"and {chain.broken - len(lines)} more; manage.py verify_audit tells")
    if chain.unproved and not chain.broken:
        lines.append(f"no key that is configured signed the last {chain.unproved} seals")
    return findings(chain.seals, lines)
