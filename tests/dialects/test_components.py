from flashspace.dialects.components import component_names
from flashspace.dialects.fields import In, ListField, Out, TextField
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import route
from flashspace.dialects.views import DialectViewSet


class PlanOut(Out):
    name = TextField()


class OfficeOut(Out):
    plan = PlanOut()


class OfficeIn(In):
    plans = ListField(child=PlanOut())


class TwinOut(Out):
    plans = type("PlanOut", (Out,), {"__module__": "bookings.api.nano", "title": TextField()})(many=True)


class OfficeViewSet(DialectViewSet):
    @operation(summary="Office", request=OfficeIn, response={200: [OfficeOut]})
    def office(self, request: object) -> None: ...

    @operation(summary="Twin", response={200: TwinOut})
    def twin(self, request: object) -> None: ...


def names(*actions: str) -> set[str]:
    routes = [route("GET", f"/api/{action}", OfficeViewSet, action) for action in actions]
    return set(component_names(routes).values())


def test_body_has_the_name_of_its_class() -> None:
    assert names("office") == {"OfficeIn", "OfficeOut", "PlanOut"}


def test_twins_are_told_apart_by_their_app() -> None:
    assert names("office", "twin") == {"OfficeIn", "OfficeOut", "TwinOut", "TestsPlanOut", "BookingsPlanOut"}
