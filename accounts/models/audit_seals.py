from django.db import models

from accounts.models.audit import AuditEntry
from flashspace.base.models import AppendOnlyModel


class AuditSeal(AppendOnlyModel):
    """That an audit entry is what it was: a link of a chain in which each hash covers all before it.

    `hash` needs no key, so a chain stays provable after keys are gone; `signature` needs one, so that whoever has the
    database only cannot make a chain of his own. One live signature proves everything before it.
    """

    number = models.PositiveBigIntegerField(primary_key=True, help_text="Runs from 1 without a gap")
    # Without a constraint, like the entries' actor: what is missing is found by the chain, with its number.
    entry = models.OneToOneField(AuditEntry, models.DO_NOTHING, db_constraint=False, related_name="seal")
    form = models.PositiveSmallIntegerField(help_text="Which columns of the entry are in the hash")
    previous = models.CharField(max_length=64, blank=True, help_text="The hash of the number before")
    hash = models.CharField(max_length=64)
    key = models.CharField(max_length=16, help_text="Which key signed, not the key")
    signature = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Seal {self.number}"
