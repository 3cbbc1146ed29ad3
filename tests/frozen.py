"""`manage.py` at another time: python -m tests.frozen 2026-11-21T09:34:00Z serve. The clock goes on from there."""

import os
import sys
from datetime import datetime

import time_machine

if __name__ == "__main__":
    _, at, *arguments = sys.argv
    with time_machine.travel(datetime.fromisoformat(at), tick=True):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flashspace.settings.development")
        sys.argv = ["manage.py", *arguments]
        from manage import main

        main()
