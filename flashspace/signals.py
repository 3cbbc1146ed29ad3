"""What Ctrl-C and SIGTERM do before a server is there to be asked."""

import os
import signal
from types import FrameType

INTERRUPTED = 130


def leave_quietly(*, serving: bool) -> None:
    """End at once and without a traceback. For `serve` a stop is success, whenever it comes."""
    status = 0 if serving else INTERRUPTED

    def leave(_signal: int, _frame: FrameType | None) -> None:
        # Not sys.exit: it could be caught, and imports that are half done would run their clean-up.
        os._exit(status)

    signal.signal(signal.SIGINT, leave)
    if serving:
        signal.signal(signal.SIGTERM, leave)
