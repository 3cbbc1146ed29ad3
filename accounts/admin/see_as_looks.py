"""What a colleague may look at as a customer. Each app names its own; the API's views say again what is open."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """A call of the API. `detail` is the one of a single row, with `{id}` in it."""

    name: str
    title: str
    path: str
    detail: str = ""


_looks: list[tuple[int, Look]] = []


def register_look(place: int, look: Look) -> None:
    if (place, look) not in _looks:
        _looks.append((place, look))
        _looks.sort(key=lambda one: one[0])


def list_looks() -> list[Look]:
    return [look for _, look in _looks]


register_look(50, Look("profile", "Profile", "/api/auth/profile"))
register_look(60, Look("sessions", "Sessions", "/api/auth/sessions"))
