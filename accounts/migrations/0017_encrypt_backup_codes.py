from django.db import migrations

from flashspace.base.crypto import decrypt, encrypt

KEYED = "keyed:"
ENCRYPTED = "gAAAA"


def encrypt_hashes(apps, schema_editor):
    """What was hashed under a SECRET_KEY stays so, and says it; nobody but its owner knows the code."""
    codes = apps.get_model("accounts", "BackupCode").objects
    bare = codes.exclude(code_hash__startswith=ENCRYPTED).values_list("pk", "code_hash")
    for pk, code_hash in bare.iterator():
        codes.filter(pk=pk, code_hash=code_hash).update(code_hash=encrypt(KEYED + code_hash))


def bare_hashes(apps, schema_editor):
    """Newer codes have no hash that the release before could check."""
    codes = apps.get_model("accounts", "BackupCode").objects
    for pk, code_hash in codes.filter(code_hash__startswith=ENCRYPTED).values_list("pk", "code_hash").iterator():
        held = decrypt(code_hash)
        if held.startswith(KEYED):
            codes.filter(pk=pk).update(code_hash=held.removeprefix(KEYED))
        else:
            codes.filter(pk=pk).delete()


class Migration(migrations.Migration):
    """Row by row while people work, and nothing locked longer than a row. Ended, it may begin again."""

    atomic = False
    dependencies = [
        ("accounts", "0016_keep_the_old_address"),
    ]

    operations = [
        migrations.RunPython(encrypt_hashes, bare_hashes),
    ]
