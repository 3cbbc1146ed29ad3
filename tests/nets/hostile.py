"""Values that have broken programs before, each with what it is for. The fuzz puts them wherever a caller can write."""

from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Raw:
    """A piece of JSON text as it is sent, for what no JSON value can say."""

    text: str


class Hostile(NamedTuple):
    note: str
    value: Any


class HostileBody(NamedTuple):
    note: str
    body: bytes
    content_type: str = "application/json"


A_UUID = "0193a5d0-7c1e-7b2a-9f00-0123456789ab"

CHARACTERS = (
    Hostile("empty text", ""),
    Hostile("only a space", " "),
    Hostile("only line breaks and tabs", "\r\n\t"),
    Hostile("NUL alone", "\x00"),
    Hostile("NUL in a word, which PostgreSQL refuses", "Mum\x00bai"),
    Hostile("lone high surrogate, which UTF-8 refuses", "a\ud800b"),
    Hostile("lone low surrogate", "\udfff"),
    Hostile("surrogates in the wrong order", "\udc00\ud800"),
    Hostile("bidirectional override, which shows another name", "invoice\u202efdp.exe"),
    Hostile("bidirectional isolate never closed", "\u2066Mumbai"),
    Hostile("zero-width space inside a word", "Mum\u200bbai"),
    Hostile("zero-width joiners, which Indian scripts need", "क्\u200dष"),
    Hostile("byte order mark first", "\ufeffMumbai"),
    Hostile("a bell and an escape sequence for a terminal", "\x07\x1b[31mred\x1b[0m"),
    Hostile("C1 control", "a\x85b"),
    Hostile("line separator, a line end for JavaScript", "a\u2028b"),
    Hostile("noncharacter", "\uffff"),
    Hostile("beyond the basic plane", "𝕸𝖚𝖒𝖇𝖆𝖎 🏢"),
    Hostile("emoji of four people and a skin tone", "👨\u200d👩\u200d👧\u200d👦👍🏽"),
    Hostile("a hundred accents on one letter", "Z" + "\u0301" * 100),
    Hostile("full-width letters, which NFKC folds", "ａｄｍｉｎ＠ｅｘａｍｐｌｅ．ｃｏｍ"),
    Hostile("ligature that grows when normalised", "ﷺ" * 20),
    Hostile("letter that grows when folded", "ß" * 200),
    Hostile("dotless i, which differs by locale", "ıİ"),
    Hostile("Arabic-Indic digits", "٣٤٥"),
    Hostile("Devanagari digits", "४०००६९"),
    Hostile("superscript digit, isdigit but not int", "²"),
    Hostile("Cyrillic twin of a Latin address", "аdmin@example.com"),
    Hostile("300 characters", "x" * 300),
    Hostile("6,000 characters", "y" * 6_000),
    Hostile("70,000 characters", "z" * 70_000),
    Hostile("3,000 characters of four bytes", "🏢" * 3_000),
)

NUMBERS = (
    Hostile("zero", 0),
    Hostile("minus one", -1),
    Hostile("negative zero", Raw("-0")),
    Hostile("negative zero with a point", -0.0),
    Hostile("just over 32 bits", 2**31),
    Hostile("just over 63 bits", 2**63),
    Hostile("largest float", 1.7976931348623157e308),
    Hostile("smallest float", 5e-324),
    Hostile("1e400, infinite for a float", Raw("1e400")),
    Hostile("-1e400", Raw("-1e400")),
    Hostile("a hundred digits", 10**99),
    Hostile("5,000 digits, more than int() reads", Raw("9" * 5_000)),
    Hostile("NaN, which is no JSON", Raw("NaN")),
    Hostile("Infinity, which is no JSON", Raw("-Infinity")),
    Hostile("whole number with a point", 1.0),
    Hostile("whole number with an exponent", Raw("1e3")),
    Hostile("a tenth of a paisa", 0.001),
    Hostile("float that is not what it says", 0.30000000000000004),
    Hostile("money beyond every column", 99_999_999_999.99),
    Hostile("the word NaN", "NaN"),
    Hostile("the word Infinity", "Infinity"),
    Hostile("number in hexadecimal", "0x10"),
    Hostile("number with underscores, which int() reads", "1_000"),
    Hostile("number as 1e3", "1e3"),
    Hostile("page number with 21 digits", "100000000000000000000"),
    Hostile("page number with a plus", "+1"),
    Hostile("number with a comma", "1,5"),
    Hostile("minus one as text", "-1"),
    Hostile("zero as text", "0"),
    Hostile("leading zeros", "0000001"),
)

TYPES = (
    Hostile("null", None),
    Hostile("true, which Python takes for 1", True),
    Hostile("false, which Python takes for 0", False),
    Hostile("empty list", []),
    Hostile("empty object", {}),
    Hostile("list in a list", [[]]),
    Hostile("object where a word belongs", {"$ne": None}),
    Hostile("list of one word", ["Mumbai"]),
    Hostile("list of nulls", [None, None]),
    Hostile("60 objects", [{}] * 60),
    Hostile("20 lists inside each other", Raw("[" * 20 + "]" * 20)),
    Hostile("40 objects inside each other", Raw('{"a":' * 40 + "1" + "}" * 40)),
    Hostile("100,000 brackets", Raw("[" * 100_000 + "]" * 100_000)),
    Hostile("one key twice", Raw('{"a":1,"a":2}')),
    Hostile("keys that JavaScript objects have", {"__proto__": {"isAdmin": True}, "constructor": 1}),
    Hostile("keys that Python objects have", {"__class__": "User", "pk": 1}),
    Hostile("empty key", {"": 1}),
    Hostile("key with a NUL", {"\x00": 1}),
    Hostile("coordinates off the map", {"lat": 1e10, "lng": -1e10}),
    Hostile("coordinates as truths", {"lat": True, "lng": False}),
)

INJECTIONS = (
    Hostile("SQL in quotes", "' OR '1'='1"),
    Hostile("SQL with a second statement", "x'); DROP TABLE accounts_user;--"),
    Hostile("LIKE's wild cards", "%_\\"),
    Hostile("LDAP filter", "*)(uid=*))(|(uid=*"),
    Hostile("template of Django", "{{ request.user.password }}{% debug %}"),
    Hostile("template of Jinja", "{{7*7}}${7*7}#{7*7}"),
    Hostile("format string of Python", "{0.__class__.__mro__} %(password)s %n"),
    Hostile("script in HTML", "<script>alert(1)</script>"),
    Hostile("handler in an attribute", '"><img src=x onerror=alert(1)>'),
    Hostile("markup of ReportLab", '<para><img src="file:///etc/passwd"/></font>'),
    Hostile("header after CR and LF", "a\r\nSet-Cookie: token=evil"),
    Hostile("header of a mail", "a@example.com\nBcc: everybody@example.com"),
    Hostile("shell", "$(reboot)`reboot`;reboot"),
    Hostile("CSV formula", '=HYPERLINK("http://evil.example","Pay")'),
    Hostile("CSV formula after a sign", "@SUM(1+1)*cmd|' /C calc'!A0"),
    Hostile("path upwards", "../../../../etc/passwd"),
    Hostile("path upwards, encoded twice", "%252e%252e%252fetc%252fpasswd"),
    Hostile("path of Windows", "..\\..\\windows\\win.ini"),
    Hostile("file name with a NUL before its ending", "pan.php\x00.pdf"),
    Hostile("javascript: address", "javascript:alert(document.cookie)"),
    Hostile("data: address", "data:text/html;base64,PHNjcmlwdD4="),
    Hostile("address of the cloud's metadata", "https://169.254.169.254/latest/meta-data/"),
    Hostile("address of ourselves in brackets", "https://[::1]:8000/admin/"),
    Hostile("address with a broken bracket", "https://[::1/"),
    Hostile("address with a name before an @", "https://example.com@evil.example/"),
    Hostile("address with a port that is none", "https://example.com:99999/"),
    Hostile("file: address", "file:///etc/passwd"),
    Hostile("e-mail address in quotes", '"a b"@example.com'),
    Hostile("e-mail address of an IP", "a@[127.0.0.1]"),
    Hostile("phone number of 40 digits", "+" + "9" * 40),
)

DATES = (
    Hostile("the first year", "0001-01-01"),
    Hostile("the first instant, before it in India's zone", "0001-01-01T00:00:00+05:30"),
    Hostile("the last year", "9999-12-31"),
    Hostile("the last instant, after it in UTC", "9999-12-31T23:59:59-12:00"),
    Hostile("30 February", "2026-02-30"),
    Hostile("29 February of a common year", "2027-02-29"),
    Hostile("month 13", "2026-13-01"),
    Hostile("year zero", "0000-01-01"),
    Hostile("leap second", "2026-06-30T23:59:60Z"),
    Hostile("offset of a whole day", "2026-01-01T00:00:00+24:00"),
    Hostile("week date, which fromisoformat reads", "2026-W01-1"),
    Hostile("day in other digits", "２０２６-０１-０１"),
    Hostile("seconds since 1970", "1767225600"),
)

IDS = (
    Hostile("id that nobody has", A_UUID),
    Hostile("id in capitals", A_UUID.upper()),
    Hostile("id in braces", "{" + A_UUID + "}"),
    Hostile("id as URN", f"urn:uuid:{A_UUID}"),
    Hostile("id without hyphens", A_UUID.replace("-", "")),
    Hostile("id with hyphens elsewhere", "0193a5d07-c1e-7b2a-9f00-0123456789ab"),
    Hostile("id cut by one", A_UUID[:-1]),
    Hostile("id with one more", A_UUID + "0"),
    Hostile("id with a letter that is no digit", A_UUID[:-1] + "g"),
    Hostile("id with a space after it", A_UUID + " "),
    Hostile("id with a line break after it", A_UUID + "\n"),
    Hostile("id with a NUL after it", A_UUID + "\x00"),
    Hostile("id in full-width digits", "０" * 8 + "-0000-0000-0000-" + "０" * 12),
    Hostile("nil id", "00000000-0000-0000-0000-000000000000"),
    Hostile("largest id", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    Hostile("id of MongoDB", "507f1f77bcf86cd799439011"),
    Hostile("the word undefined", "undefined"),
    Hostile("the word null", "null"),
    Hostile("[object Object]", "[object Object]"),
    Hostile("id and a path", A_UUID + "/../x"),
    Hostile("a dot", "."),
    Hostile("two dots", ".."),
)

HOSTILE = (*CHARACTERS, *NUMBERS, *TYPES, *INJECTIONS, *DATES, *IDS)
TEXTS = tuple(one for one in HOSTILE if isinstance(one.value, str))

BODIES = (
    HostileBody("no body at all", b""),
    HostileBody("only white space", b" \n"),
    HostileBody("a list", b"[]"),
    HostileBody("a word", b'"text"'),
    HostileBody("a number", b"1"),
    HostileBody("null as the whole", b"null"),
    HostileBody("JSON cut off", b'{"email": "a@exam'),
    HostileBody("JSON and more", b"{} {}"),
    HostileBody("comment in JSON", b"{/* */}"),
    HostileBody("quotes of another kind", b"{'email': 'a'}"),
    HostileBody("the same key twice", b'{"email":"a@example.com","email":"b@example.com"}'),
    HostileBody("not UTF-8", b'{"email": "\xff\xfe"}'),
    HostileBody("surrogate in UTF-8", b'{"email": "\xed\xa0\x80"}'),
    HostileBody("UTF-16", "{}".encode("utf-16")),
    HostileBody("byte order mark before JSON", b"\xef\xbb\xbf{}"),
    HostileBody("said to be UTF-16", b"{}", "application/json; charset=utf-16"),
    HostileBody("said to be of an unknown charset", b"{}", "application/json; charset=wtf-8"),
    HostileBody("said to be of a codec of Python", b"{}", "application/json; charset=zlib"),
    HostileBody("over a megabyte", b'{"notes": "' + b"x" * 1_048_577 + b'"}'),
    HostileBody("2,000 keys", b"{" + b",".join(b'"k%d":1' % number for number in range(2_000)) + b"}"),
    HostileBody("XML with an entity", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "text/xml"),
    HostileBody("form where JSON belongs", b"email=a%40example.com&email=b", "application/x-www-form-urlencoded"),
    HostileBody("multipart without a boundary", b"--x\r\n\r\n--x--", "multipart/form-data"),
    HostileBody("multipart cut off", b"--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=x"),
    HostileBody("content type that is none", b"{}", "\xe9/;;="),
    HostileBody("no content type", b"{}", ""),
)
