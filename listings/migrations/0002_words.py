from django.db import migrations

from flashspace.base.operations import RunOnPostgreSQL

# What searches by words ask for; the expression is that of accounts.finding.
FORWARDS = """
CREATE INDEX space_words ON listings_space USING gin (
    to_tsvector('simple'::regconfig, COALESCE(name, '') || ' ' || COALESCE(area, '') || ' ' || COALESCE(city, ''))
);
CREATE INDEX space_newest ON listings_space (created_at DESC);
CREATE INDEX space_updated ON listings_space (updated_at DESC);
"""
BACKWARDS = """
DROP INDEX space_words;
DROP INDEX space_newest;
DROP INDEX space_updated;
"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0001_initial")]
    operations = [RunOnPostgreSQL(FORWARDS, BACKWARDS)]
