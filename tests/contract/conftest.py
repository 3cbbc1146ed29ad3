from tests.accounts.google_peer import google

__all__ = ["google"]
