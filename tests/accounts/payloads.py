"""What strangers write where a name or an address belongs."""

import re

PAYLOADS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</template><script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<ScRiPt>alert(1)</ScRiPt>",
    "<script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    '"x-data="alert(1)" x-init="alert(1)',
    '<p x-init="alert(1)">',
    '<p x-html="alert(1)">',
    '<p hx-get="/admin/" hx-trigger="load">',
    '<p hx-on:click="alert(1)">',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi xlink:href=javascript:alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<a href=javascript:alert(1)>x</a>",
    "<style>@import '//evil.example/x.css'</style>",
    "{{ 7|add:7 }}{% debug %}${alert(1)}",
]
# A tag, or an attribute that left its quotes, as only a payload writes it.
LIVE = re.compile(
    r"<script>alert|<ScRiPt>|<script src=//|<img src=x|<svg[ >](?:onload|<script)|<p (?:x-|hx-)|<math>|<iframe src=java"
    r"|<iframe srcdoc='|<object data=|<embed|<base |<meta http-equiv=refresh|<form action=java"
    r"|<a href=java|<style>@import|[\"'] ?(?:onmouseover|autofocus onfocus|x-data)=[\"'](?:alert)|14\{%"
)
