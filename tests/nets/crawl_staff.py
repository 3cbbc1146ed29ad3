"""Staff of each group on a running server, and what the table of desks lets them open."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from accounts.admin.see_as_looks import list_looks
from accounts.mfa_totp import code_of_step, current_step
from tests.chromium import WIDE, sign_in
from tests.live import Server, manage
from tests.nets.crawl import Crawl, Limits, Person
from tests.nets.desk_cells import may
from tests.nets.desk_table import DESKS
from tests.nets.world import STAFF

PASSWORD = "a-crawler's-own-passw0rd"
ADD_STAFF = """
import json, os
from django.contrib.auth.models import Group
from accounts.models import User
from accounts.services.mfa import begin_totp_setup, confirm_totp_setup
from accounts.services.users import add_staff, set_rights
from accounts.mfa_totp import code_of_step, current_step
given = json.loads(os.environ["CRAWL_STAFF"])
actor, keys = User.objects.get(email="admin@flashspace.example"), {}
for name, email in given["staff"].items():
    groups = Group.objects.filter(name=name)
    user = add_staff(email=email, full_name=name.title(), password=given["password"], groups=groups, actor=actor)
    if name == "superuser":
        set_rights(user=user, is_staff=True, is_superuser=True, groups=[], actor=actor)
    if name in given["with_a_key"]:
        offer = begin_totp_setup(user=user, begun_by=user.pk)
        confirm_totp_setup(user=user, begun_by=user.pk, code=code_of_step(offer.secret, current_step() - 1))
        keys[name] = offer.secret
print(json.dumps(keys))
"""
WITH_A_KEY = ("Support", "superuser")  # what they do asks for a second factor
# Fingerprints of papers and of the audit log are there to be compared, and these keys name things.
OPEN_COLUMNS = {
    "accounts_auditseal.hash",
    "accounts_auditseal.key",
    "accounts_mail.dedupe_key",
    "billing_invoice.content_hash",
    "bookings_bookingdocument.content_hash",
    "listings_space.city_key",
}
HIDDEN = ("hash", "secret", "password", "token", "cipher", "key")
LEAST = 20  # characters; shorter ones are found in any page


def email_of(name: str) -> str:
    return f"{name.replace(' ', '-').lower()}@staff.example"


def add_staff(server: Server, **settings: str) -> dict[str, str]:
    """Somebody of each group; the keys of their second factors are returned."""
    staff = {name: email_of(name) for name in STAFF}
    given = json.dumps({"staff": staff, "password": PASSWORD, "with_a_key": WITH_A_KEY})
    done = manage("shell", "-v", "0", "-c", ADD_STAFF, DATA_DIR=str(server.data), CRAWL_STAFF=given, **settings)
    assert done.returncode == 0, done.stderr
    keys: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return keys


def person(browser: Any, server: Server, name: str, key: str = "") -> Person:
    """Signed in by the form, with a code where they have an authenticator."""
    page = browser.new_context(viewport=WIDE, color_scheme="light").new_page()
    made = Person(name, page, lambda path: reaches(name, path))
    sign_in(page, server.url, email_of(name), PASSWORD)
    if key:
        page.fill("input[name=code]", code_of_step(key, current_step()))
        page.click("button[type=submit]")
    page.wait_for_url("**/admin/")
    return made


def look_as(person: Person, url: str, email: str, secrets: Iterable[str]) -> Iterator[str]:
    """A session of support begun at the customer's page, every look of it opened, and ended by its button."""
    page = person.page
    page.goto(f"{url}/admin/accounts/user/?q={email}")
    page.click("#result_list tbody a")
    page.wait_for_url("**/change/**")
    page.eval_on_selector("a[hx-get$='see_as/']", "button => button.click()")
    page.fill("#modal-content [name=reason]", "They say that an invoice is missing")
    page.click("#modal-content [type=submit]")
    page.wait_for_url("**/admin/see-as/*/")
    start = urlsplit(page.url).path
    crawl = Crawl(url, limits=Limits(pages=20, each=9, dialogs=0), view_of=view_of, start=start, secrets=secrets)
    yield from crawl.walk(person)
    if crawl.opened <= len(list_looks()):
        yield f"only {crawl.opened} pages of {email} are found"
    page.goto(f"{url}{start}?look=invoices")
    row = page.locator("a[href*='&id=']").first.get_attribute("href")
    yield from (f"{person.name} at {start}{row}: {one}" for one in crawl.visit(person, start + row)[0])
    page.goto(url + start)
    page.click(".see-end")
    page.get_by_text("You no longer look at what").wait_for()
    page.goto(url + start)
    if urlsplit(page.url).path == start:
        yield f"{person.name} looks on after the end"


def view_of(path: str) -> str:
    """The view's name, and of a page of an app which one: they differ in what they show."""
    try:
        found = resolve(path)
    except Resolver404:
        return path
    return (found.url_name or path) if "app_label" not in found.kwargs else path


def reaches(name: str, path: str) -> bool:
    """By the table of desks. The site's own pages are everybody's."""
    try:
        view = resolve(path).url_name or ""
    except Resolver404:
        return True
    for label, desk in DESKS.items():
        prefix = label.replace(".", "_") + "_"
        if view.startswith(prefix):
            page = view.removeprefix(prefix)
            extras = {**desk.buttons, **desk.files}
            if page in extras:
                return may(name, extras[page])
            if page == "delete":
                return may(name, (), desk.superuser_deletes)
            if page == "add":
                return may(name, desk.add, desk.superuser_adds)
            return may(name, desk.view)
    return True


def secrets_of(database: Path) -> Iterator[str]:
    """Every value that stands in a column with a secret's name."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
            for column in columns:
                if f"{table}.{column}" not in OPEN_COLUMNS and any(word in column for word in HIDDEN):
                    rows = connection.execute(f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')
                    yield from (value for (value,) in rows if isinstance(value, str) and len(value) >= LEAST)
