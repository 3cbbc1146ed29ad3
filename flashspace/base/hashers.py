from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """OWASP's smaller Argon2id setting. Django's 100 MiB on 8 lanes let eight parallel sign-ins take 800 MiB."""

    time_cost = 2
    memory_cost = 19456  # KiB
    parallelism = 1
