"""The calls under /api/v1/auth/ that nakksha and workspace document alike: the keys of both in one body."""

from datetime import datetime

from flashspace.dialects import nakksha, workspace
from flashspace.dialects.base import VALIDATION, Body, Dialect, Fault, FaultContext, Reply


def wrap(reply: Reply, at: datetime) -> Body:
    return nakksha.wrap(reply, at)


def word(fault: Fault, context: FaultContext) -> Body:
    errors = {"errors": workspace.errors_by_field(fault)} if fault.code == VALIDATION else {}
    return {**nakksha.word(fault, context), **errors}


SHARED = Dialect(
    name="shared",
    title="Nakksha and Workspace",
    wrap=wrap,
    word=word,
    rates=nakksha.NAKKSHA.rates,
    rates_of=nakksha.NAKKSHA.name,
    limits_per_address=True,
)
