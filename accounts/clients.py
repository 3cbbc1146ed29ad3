"""Where a call comes from, as far as a rule may know: no request gets deeper than the API."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Client:
    """`network` is an IPv4 address or the /64 of an IPv6 one; `dialect` the name of the API that was called."""

    network: str
    user_agent: str = ""
    dialect: str = ""


# The first that fits: every browser also names those it is not.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("okhttp", "Android app"),
    ("Dart/", "App"),
    ("curl/", "curl"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """`Chrome on Android`; what is unknown as it calls itself."""
    program = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return " on ".join(filter(None, (program, system))) or user_agent[:60] or "Unknown"
