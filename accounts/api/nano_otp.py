"""nano: codes by mail and by SMS. A code proves whose an address is, and opens nothing."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.clients import client_of
from accounts.api.flashspace import six_digits
from accounts.api.nano import CODE_LIFE, IdentifierField
from accounts.models import User
from accounts.services import phone_verification, verification
from accounts.services.waiting import find_asked
from flashspace.dialects import NANO
from flashspace.dialects.fields import BooleanField, EmailField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import In, Out
from flashspace.dialects.views import DialectViewSet, Permissions

MOST_TRIES = 3
SENT = "OTP sent successfully"
VERIFIED = "OTP verified successfully"
EXPIRES_IN = int(CODE_LIFE.total_seconds())


class PhoneIdentifierField(IdentifierField):
    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if "@" in text:
            raise serializers.ValidationError("Enter a valid phone number.")
        return text


class EmailIn(In):
    email = EmailField()


class PhoneIn(In):
    phone = PhoneIdentifierField()


class IdentifierIn(In):
    identifier = IdentifierField()


class CodeIn(In):
    identifier = IdentifierField()
    otp = TextField(validators=[six_digits])


class SentOut(Out):
    expires_in = serializers.IntegerField(help_text="Seconds")


class VerifiedOut(Out):
    verified = BooleanField()


class OtpViewSet(DialectViewSet):
    """Anybody may ask and try: the address is whose account has it. A signed-in caller's own number goes first, and no
    code for somebody else's account is right for them.
    """

    tags = "OTP Verification"
    permissions: ClassVar[dict[str, Permissions]] = {"send_email": [], "send_sms": [], "verify": [], "resend": []}

    @operation(summary="Send OTP to email", request=EmailIn, response={200: SentOut})
    def send_email(self, request: Request) -> HttpResponse:
        return self._send(self.read(EmailIn)["email"])

    @operation(summary="Send OTP to phone", request=PhoneIn, response={200: SentOut}, errors=(503,))
    def send_sms(self, request: Request) -> HttpResponse:
        return self._send(self.read(PhoneIn)["phone"])

    @operation(summary="Resend OTP", request=IdentifierIn, response={200: SentOut}, errors=(503,))
    def resend(self, request: Request) -> HttpResponse:
        return self._send(self.read(IdentifierIn)["identifier"])

    def _send(self, identifier: str) -> HttpResponse:
        if "@" in identifier:
            verification.send_code(email=identifier, life=CODE_LIFE)
        else:
            phone_verification.send_code(phone=identifier, asker=self._asker(), client=client_of(self), life=CODE_LIFE)
        return self.reply({"expires_in": EXPIRES_IN}, message=SENT)

    def _asker(self) -> User | None:
        return self.request.user if self.request.user.is_authenticated else None

    @operation(
        summary="Verify OTP",
        description="The third wrong code ends it for 15 minutes: 400 with `remaining_attempts: 0`.",
        request=CodeIn,
        response={200: VerifiedOut},
        errors=(404, 409),
    )
    def verify(self, request: Request) -> HttpResponse:
        data = self.read(CodeIn)
        identifier, code = data["identifier"], data["otp"]
        find_asked(identifier=identifier, client=client_of(self))
        if "@" in identifier:
            verification.verify_by_code(email=identifier, code=code, most_tries=MOST_TRIES)
        else:
            phone_verification.verify_by_code(phone=identifier, code=code, asker=self._asker(), most_tries=MOST_TRIES)
        return self.reply({"verified": True}, message=VERIFIED)


urlpatterns = routes(
    NANO,
    [
        route("POST", "/api/otp/send-email", OtpViewSet, "send_email"),
        route("POST", "/api/otp/send-sms", OtpViewSet, "send_sms"),
        route("POST", "/api/otp/verify", OtpViewSet, "verify"),
        route("POST", "/api/otp/resend", OtpViewSet, "resend"),
    ],
)
