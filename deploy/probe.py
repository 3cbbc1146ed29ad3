"""Health check of the web container: does this process answer, with database and tables behind it?"""

import os
import urllib.request
from urllib.parse import urlsplit

request = urllib.request.Request(
    "http://127.0.0.1:8000/readyz", headers={"Host": urlsplit(os.environ["PUBLIC_URL"]).netloc}
)
with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  our own address
    assert answer.status == 200
