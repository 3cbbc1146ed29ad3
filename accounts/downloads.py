"""Handing out a stranger's file so that it can do nothing in our pages' name."""

from typing import Final

from django.http import HttpResponse

from accounts.services.kyc_files import OpenedFile
from accounts.services.uploads import PDF, PICTURES

# A picture needs nothing at all. Chromium shows no PDF inside a sandbox, and its viewer is one itself.
POLICY: Final = "default-src 'none'; frame-ancestors {ancestors}"


def hand_out(file: OpenedFile, *, in_our_page: bool = False) -> HttpResponse:
    """Pictures are shown, everything else is saved; `in_our_page` also shows PDFs, and lets a page of ours frame it."""
    is_shown = file.content_type in PICTURES or (in_our_page and file.content_type == PDF)
    policy = POLICY.format(ancestors="'self'" if in_our_page else "'none'")
    answer = HttpResponse(file.content, content_type=file.content_type)
    answer["Content-Disposition"] = f'{"inline" if is_shown else "attachment"}; filename="{file.name}"'
    answer["Content-Security-Policy"] = policy if file.content_type == PDF else f"{policy}; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["X-Frame-Options"] = "SAMEORIGIN" if in_our_page else "DENY"
    answer["Cache-Control"] = "private, no-store"
    return answer
