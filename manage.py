#!/usr/bin/env python3
"""Django's command line, and the one door of every operator's command.

ENVIRONMENT chooses the settings, so nothing is set here. Tools that look for the usual line may take this one:
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flashspace.settings.development")
"""

import sys

from flashspace.signals import leave_quietly


def main() -> None:
    leave_quietly(serving=sys.argv[1:2] == ["serve"])
    from flashspace import env  # only now: a stop during the imports is a clean one too

    env.start()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
