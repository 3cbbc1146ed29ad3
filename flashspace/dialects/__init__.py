"""Five documented ways to say the same things. Knows names and envelopes, never a rule."""

from flashspace.dialects.flashspace import FLASHSPACE
from flashspace.dialects.nakksha import NAKKSHA
from flashspace.dialects.nano import NANO
from flashspace.dialects.rento import RENTO
from flashspace.dialects.shared import SHARED
from flashspace.dialects.workspace import WORKSPACE

DIALECTS = {dialect.name: dialect for dialect in (FLASHSPACE, NAKKSHA, RENTO, NANO, WORKSPACE)}

__all__ = ["DIALECTS", "FLASHSPACE", "NAKKSHA", "NANO", "RENTO", "SHARED", "WORKSPACE"]
