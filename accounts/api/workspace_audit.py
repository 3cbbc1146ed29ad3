"""workspace: the audit log of an organization, for those whose rank lets them look."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers

from accounts.api.organization import MemberRequest, MemberWith
from accounts.api.workspace_words import PersonOut
from accounts.models import AuditEntry, Membership
from accounts.selectors import audit_log
from accounts.selectors.audit_log import ENTITY_WORDS, Statistics
from accounts.selectors.members import as_known, known_in
from flashspace.base.clock import start_of
from flashspace.dialects import WORKSPACE
from flashspace.dialects.fields import DateField, IsoMillisField, PublicIdField, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route, routes
from flashspace.dialects.serializers import In, Out
from flashspace.dialects.views import DialectViewSet, Permissions
from flashspace.dialects.wire import iso_millis

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


class DayField(DateField):
    default_error_messages = {"far": "Must be a day of this millennium."}

    def to_internal_value(self, value: Any) -> date:
        day = super().to_internal_value(value)
        if not FIRST_DAY <= day <= LAST_DAY:
            self.fail("far")
        return day


class EntryQuery(In):
    action = TextField(max_length=64, required=False, allow_blank=True)
    entity_type = TextField(max_length=48, required=False, allow_blank=True)
    entity_id = TextField(max_length=64, required=False, allow_blank=True)
    user_id = PublicIdField(required=False)
    from_date = DayField(required=False, help_text="A day in India")
    to_date = DayField(required=False, help_text="Part of it")
    search = TextField(max_length=100, required=False, allow_blank=True)


class ViewableOut(Out):
    id = serializers.UUIDField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.EmailField()

    @staticmethod
    def row(obj: Any) -> dict[str, Any]:
        member: Membership = obj
        user = as_known(member)
        return {"id": user.pk, "first_name": user.first_name, "last_name": user.last_name, "email": user.email}


class EntryOut(Out):
    id = serializers.UUIDField()
    organization_id = serializers.UUIDField()
    user_id = serializers.UUIDField(allow_null=True, help_text="null: the machine, or our staff")
    user = PersonOut(allow_null=True)
    action = serializers.CharField()
    entity_type = serializers.CharField()
    entity_id = serializers.CharField()
    old_values = serializers.DictField()
    new_values = serializers.DictField()
    ip_address = serializers.CharField(allow_null=True)
    user_agent = serializers.CharField(allow_null=True)
    metadata = serializers.DictField()
    created_at = IsoMillisField()

    @staticmethod
    def row(obj: Any) -> dict[str, Any]:
        """Of whoever never was a member nothing is shown but what was done."""
        entry: AuditEntry = obj
        actor = known_in(entry.organization_id, entry.actor)
        model = entry.target_type.rpartition(".")[2]
        reason = {"reason": entry.reason} if entry.reason else {}
        return {
            "id": entry.pk,
            "organization_id": entry.organization_id,
            "user_id": actor.pk if actor else None,
            "user": PersonOut.row(actor) if actor else None,
            "action": entry.action,
            "entity_type": ENTITY_WORDS.get(model, model),
            "entity_id": entry.target_id,
            "old_values": entry.before,
            "new_values": entry.after,
            "ip_address": (entry.network or None) if actor else None,
            "user_agent": None,
            "metadata": {"entity": entry.target_label, **reason},
            "created_at": iso_millis(entry.at),
        }


class DoerOut(Out):
    user_id = serializers.UUIDField()
    user_name = serializers.CharField()
    count = serializers.IntegerField()


class StatisticsOut(Out):
    total_actions = serializers.IntegerField()
    total_logs = serializers.IntegerField()
    actions_by_type = serializers.DictField(child=serializers.IntegerField())
    actions_by_user = DoerOut(many=True)
    recent_actions = EntryOut(many=True)
    unique_users = serializers.IntegerField()
    actions_today = serializers.IntegerField()
    actions_this_week = serializers.IntegerField()

    @staticmethod
    def row(obj: Statistics) -> dict[str, Any]:
        return {
            "total_actions": obj.total,
            "total_logs": obj.total,
            "actions_by_type": obj.by_action,
            "actions_by_user": obj.by_user,
            "recent_actions": [EntryOut.row(entry) for entry in obj.recent],
            "unique_users": obj.people,
            "actions_today": obj.today,
            "actions_this_week": obj.this_week,
        }


class AuditLogViewSet(DialectViewSet):
    tags = "Audit Logs"
    permissions: ClassVar[dict[str, Permissions]] = {
        "list": [MemberWith("audit.view")],
        "statistics": [MemberWith("audit.view")],
        "viewable": [MemberWith("audit.view")],
        "retrieve": [MemberWith("audit.view")],
    }

    @operation(
        summary="List Audit Logs",
        query=EntryQuery,
        response={200: [EntryOut]},
        paged=True,
        errors=(403,),
        description="One's own steps, those of lower ranks and the machine's; an owner sees all.",
    )
    def list(self, request: MemberRequest) -> HttpResponse:
        asked = self.query(EntryQuery)
        first, last = asked.pop("from_date", None), asked.pop("to_date", None)
        entries = audit_log.filtered(
            audit_log.entries_for(request.membership),
            since=start_of(first) if first else None,
            until=start_of(last + timedelta(days=1)) if last else None,
            **asked,
        )
        rows, page = self.page(entries, default=20)
        return self.reply(EntryOut(rows, many=True).data, page=page)

    @operation(summary="Get Audit Log Statistics", response={200: StatisticsOut}, errors=(403,))
    def statistics(self, request: MemberRequest) -> HttpResponse:
        return self.reply(StatisticsOut(audit_log.statistics_for(request.membership)).data)

    @operation(summary="Get Viewable Users", response={200: [ViewableOut]}, whole=True, errors=(403,))
    def viewable(self, request: MemberRequest) -> HttpResponse:
        rows, page = self.page(audit_log.viewable_members(request.membership), whole=True)
        return self.reply(ViewableOut(rows, many=True).data, page=page)

    @operation(summary="Get Audit Log by ID", response={200: EntryOut}, errors=(403, 404))
    def retrieve(self, request: MemberRequest, id: str) -> HttpResponse:
        entry = audit_log.find_entry(viewer=request.membership, entry_id=self.public_id(id))
        return self.reply(EntryOut(entry).data)


urlpatterns = routes(
    WORKSPACE,
    [
        route("GET", "/api/v1/audit-logs", AuditLogViewSet, "list"),
        route("GET", "/api/v1/audit-logs/stats", AuditLogViewSet, "statistics"),
        route("GET", "/api/v1/audit-logs/viewable-users", AuditLogViewSet, "viewable"),
        route("GET", "/api/v1/audit-logs/<str:id>", AuditLogViewSet, "retrieve"),
    ],
)
