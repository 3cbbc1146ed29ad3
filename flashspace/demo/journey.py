"""The main job, walked over HTTP, from sign-up to an active booking with its GST invoice. It reads no database."""

import email
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default as email_policy
from pathlib import Path
from typing import Any

import httpx

from accounts.mfa_totp import code_of_step, current_step
from flashspace.base.clock import today

OFFICE = {
    "name": "Premium Virtual Office - Andheri",
    "address": "123, Business Park, Andheri East, Mumbai - 400069",
    "city": "Mumbai",
    "area": "Andheri",
    "price": "₹4,999/month",
    "originalPrice": "₹7,999/month",
    "gstPlanPrice": "₹2,999/month",
    "mailingPlanPrice": "₹1,499/month",
    "brPlanPrice": "₹3,499/month",
    "rating": 4.5,
    "reviews": 120,
    "features": ["24/7 Access", "Meeting Rooms", "High Speed WiFi", "Pantry"],
    "availability": "Available Now",
    "popular": True,
    "coordinates": {"lat": 19.1136, "lng": 72.8697},
    "image": "https://example.com/office-image.jpg",
}
BUSINESS = {
    "companyName": "Talenode Analytics Pvt Ltd",
    "companyType": "Private Limited",
    "gstNumber": "27AABCT1234F1ZH",
    "panNumber": "AABCT1234F",
    "cinNumber": "U78300DL2024PTC432593",
    "registeredAddress": "123, ABC Building, Mumbai - 400001",
}
PASSWORD = "securePassword123"
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MAIL_SECONDS = 30

Json = dict[str, Any]


class JourneyError(RuntimeError):
    """A step did not go as the documents say."""


@dataclass
class Journey:
    """`tell` gets a line for each step. `mailbox` is the folder where the development mailer drops its files."""

    base_url: str
    staff_email: str
    staff_password: str
    mailbox: Path
    tell: Callable[[str], object]
    staff_key: str = ""
    address: str = field(default_factory=lambda: f"journey-{time.time_ns()}@example.com")
    approve: Callable[["Journey", str], None] | None = None
    http: httpx.Client = field(init=False)
    token: str = ""
    staff_token: str = ""

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.base_url, timeout=20, headers={"User-Agent": "FlashSpace journey"})

    def walk(self) -> Json:
        """Every step in turn; the booking as it is in the end. Raises JourneyError."""
        with self.http:
            return self._steps()

    def _steps(self) -> Json:
        self.tell(f"Server {self.ask('GET', '/api/health')['status']} at {self.base_url}")
        self.sign_up()
        self.enter_office()
        booking, invoice = self.book(self.find_office())
        self.pay(invoice)
        self.hand_in_papers()
        self.let_staff_approve(booking["id"])
        return self.look_at(booking["id"])

    def sign_up(self) -> None:
        self.ask(
            "POST",
            "/api/auth/signup",
            {
                "email": self.address,
                "fullName": "Anshu Prasad",
                "password": PASSWORD,
                "phoneNumber": "+91-9899223359",
            },
            status=201,
        )
        self.tell(f"Signed up as {self.address}")
        code = self._code()
        self.ask("POST", "/api/auth/verify-otp", {"email": self.address, "otp": code})
        self.tell(f"The code came by mail ({code}) and verified the address")
        self.token = self._sign_in(self.address, PASSWORD)
        profile = self.ask("GET", "/api/auth/profile")["user"]
        self.tell(f"Signed in; profile of {profile['fullName']}, verified: {profile['isEmailVerified']}")

    def _code(self) -> str:
        body = self.wait_for_mail("verify").get_body(("plain",))
        found = re.search(r"\b(\d{6})\b", body.get_content() if body else "")
        if found is None:
            raise JourneyError("there is no code of six digits in the mail")
        return found[1]

    def _sign_in(self, address: str, password: str) -> str:
        return str(self.ask("POST", "/api/auth/login", {"email": address, "password": password})["accessToken"])

    def enter_office(self) -> None:
        """Staff put the documented virtual office into the catalogue, once."""
        if self._offices():
            self.tell("The documented virtual office is in the catalogue already")
            return
        self.staff_token = self._sign_in(self.staff_email, self.staff_password)
        made = self.ask("POST", "/api/virtualOffice/create", OFFICE, status=201, token=self.staff_token)["data"]
        self.tell(f"Staff put {made['name']} into the catalogue")

    def _offices(self) -> list[Json]:
        found = self.ask("GET", "/api/virtualOffice/getByCity/mumbai")["data"]
        return [one for one in found if one["name"] == OFFICE["name"]]

    def find_office(self) -> Json:
        office = self._offices()[0]
        self.tell(f"Found it by city: {office['name']}, {office['price']}, GST plan {office['gstPlanPrice']}")
        return office

    def book(self, office: Json) -> tuple[Json, Json]:
        made = self.ask(
            "POST",
            "/api/bookings",
            {
                "property_id": office["_id"],
                "plan": "gst",
                "start_date": today().isoformat(),
                "tenure": 12,
            },
            status=201,
        )
        booking, invoice = made["booking"], made["invoice"]
        self.tell(
            f"Booked {booking['booking_number']}: ₹{booking['total_amount']:,} for 12 months, {booking['status']}"
        )
        return booking, invoice

    def pay(self, invoice: Json) -> None:
        opened = self.ask(
            "POST",
            "/api/v1/payments",
            {
                "gateway": "sandbox",
                "payment_type": "invoice",
                "invoice_id": invoice["id"],
            },
            status=201,
        )["data"]["payment"]
        self.ask(
            "POST",
            "/api/v1/payments/verify",
            {
                "payment_id": opened["id"],
                "transaction_id": opened["transaction_id"],
            },
        )
        self.tell(f"Paid ₹{opened['amount']:,} through the sandbox gateway ({opened['transaction_id']})")
        mail = self.wait_for_mail("invoice")
        names = [part.get_filename() for part in mail.iter_attachments()]
        self.tell(f"The invoice came by mail: {mail['subject']} with {', '.join(filter(None, names))}")
        row = self.ask("GET", "/api/user/invoices")["data"]["invoices"][0]
        self.tell(
            f"{row['invoiceNumber']}: taxable ₹{row['subtotal']:,} + GST ₹{row['taxAmount']:,} = ₹{row['total']:,}"
        )

    def hand_in_papers(self) -> None:
        self.ask("PUT", "/api/user/kyc/business-info", BUSINESS)
        for kind, name in (("pan_card", "PAN Card"), ("gst_certificate", "GST Certificate")):
            answer = self.http.post(
                "/api/user/kyc/upload",
                data={"documentType": kind, "name": name},
                files={"file": (f"{kind}.pdf", PAPER, "application/pdf")},
                headers=self._headers(self.token),
            )
            self._check(answer, 201)
        case = self.ask("GET", "/api/user/kyc")["data"]
        self.tell(f"Business data and papers handed in: KYC {case['overallStatus']}, {case['progress']} %")

    def let_staff_approve(self, booking_id: str) -> None:
        before = self.ask("GET", f"/api/user/bookings/{booking_id}")["data"]["status"]
        if self.approve is None:
            AdminDesk(self).approve(self.address)
        else:
            self.approve(self, self.address)
        after = self.ask("GET", f"/api/user/bookings/{booking_id}")["data"]["status"]
        self.tell(f"Staff approved the KYC case in the admin; the booking went from {before} to {after}")

    def look_at(self, booking_id: str) -> Json:
        booking = self._with_papers(booking_id)
        for entry in booking["timeline"]:
            self.tell(f"  {entry['date']}  {entry['status']:18} {entry['note']}")
        for paper in booking["documents"]:
            content = self.http.get(paper["url"]).content
            if not content.startswith(b"%PDF"):
                raise JourneyError(f"{paper['name']} is not a PDF")
            self.tell(f"  {paper['name']}: {len(content) // 1024} kB of PDF")
        board = self.ask("GET", "/api/user/dashboard")["data"]
        self.tell(f"Dashboard: {board['activeServices']} active service, KYC {board['kycStatus']}")
        return booking

    def _with_papers(self, booking_id: str) -> Json:
        for _ in range(MAIL_SECONDS * 4):
            booking: Json = self.ask("GET", f"/api/user/bookings/{booking_id}")["data"]
            if len(booking["documents"]) >= 2:
                return booking
            time.sleep(0.25)
        raise JourneyError("agreement and NOC were not made")

    def ask(self, method: str, path: str, body: Json | None = None, *, status: int = 200, token: str = "") -> Json:
        answer = self.http.request(method, path, json=body, headers=self._headers(token or self.token))
        self._check(answer, status)
        return dict(answer.json())

    @staticmethod
    def _headers(token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"} if token else {}

    @staticmethod
    def _check(answer: httpx.Response, status: int) -> None:
        if answer.status_code != status:
            request = answer.request
            raise JourneyError(
                f"{request.method} {request.url.path} answered {answer.status_code}, not {status}: {answer.text[:400]}"
            )

    def wait_for_mail(self, word: str) -> EmailMessage:
        """The newest mail to the journey's address whose subject has `word`."""
        for _ in range(MAIL_SECONDS * 4):
            for path in sorted(self.mailbox.glob("*.eml"), reverse=True):
                content = path.read_bytes()
                if self.address.encode() not in content:
                    continue
                mail = email.message_from_bytes(content, policy=email_policy)
                if isinstance(mail, EmailMessage) and word in str(mail["subject"]).casefold():
                    return mail
            time.sleep(0.25)
        raise JourneyError(f"no mail about the {word} came to {self.mailbox}")


class AdminDesk:
    """A member of staff at the admin, by HTTP: sign in, find the case, open it, press the button."""

    def __init__(self, journey: Journey) -> None:
        self._staff = (journey.staff_email, journey.staff_password)
        self._key = journey.staff_key
        self._http = httpx.Client(
            base_url=journey.base_url, timeout=20, follow_redirects=True, headers={"Referer": journey.base_url}
        )

    def approve(self, address: str) -> None:
        with self._http:
            self._approve(address)

    def _approve(self, address: str) -> None:
        self._sign_in()
        page = self._get(f"/admin/accounts/kycprofile/?q={address}")
        case = re.search(r"/admin/accounts/kycprofile/([0-9a-f-]{36})/change/", page)
        if case is None:
            raise JourneyError("the KYC case is not in the admin's list")
        page = self._get(case[0])
        button = re.search(rf'href="([^"]*{case[1]}[^"]*approve[^"]*)"', page)
        if button is None:
            raise JourneyError("the KYC case has no button to approve it")
        self._submit(button[1].replace("&amp;", "&"), {"reason": "Papers match"})

    def _sign_in(self) -> None:
        address, password = self._staff
        page = self._submit("/admin/login/", {"username": address, "password": password, "next": "/admin/"})
        if 'name="code"' in page:
            page = self._second_step(page)
        if 'name="password"' in page or 'name="code"' in page:
            raise JourneyError("the admin did not let staff in")

    def _second_step(self, page: str) -> str:
        if not self._key or "data-secret" in page:
            raise JourneyError(
                "staff need a second step here: set it up in the admin, and give its key with --staff-key"
            )
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
        code = code_of_step(self._key.replace(" ", ""), current_step())
        return self._http.post("/admin/login/code/", data={**dict(hidden), "code": code}).text

    def _get(self, path: str) -> str:
        answer = self._http.get(path)
        if answer.status_code != 200:
            raise JourneyError(f"GET {path} answered {answer.status_code}")
        return answer.text

    def _submit(self, path: str, fields: dict[str, str]) -> str:
        """Open the page of a form and send the form, with what it hides."""
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self._get(path))
        answer = self._http.post(path, data={**dict(hidden), **fields})
        if answer.status_code != 200:
            raise JourneyError(f"POST {path} answered {answer.status_code}")
        return answer.text
