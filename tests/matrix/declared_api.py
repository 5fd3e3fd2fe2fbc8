"""The addresses of the APIs: the right that a token needs, the rights of its user, what the id in the address is."""

from dataclasses import dataclass, field

from tests.matrix.oracle import ADDS, BINS, CHANGES, SEES


@dataclass(frozen=True)
class Call:
    """One method of one address in one dialect. `public` ids are written as lead_…; `fixed` are its other parts."""

    method: str
    path: str
    token: str
    rights: tuple[str, ...]
    of: str = ""
    changes: bool = False
    data: dict = field(default_factory=dict)
    query: str = ""
    fixed: dict = field(default_factory=dict)
    dialect: str = "connect"
    public: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}{self.query}"


NEW = {"name": "Nina Novák", "source": "{source}", "status": "{status}", "assigned": "0"}

LEADS = [
    Call("GET", "api/leads", "leads.get", (SEES,)),
    Call("GET", "api/leads", "leads.get", (SEES,), query="?page=1"),
    Call("POST", "api/leads", "leads.post", (SEES, ADDS), data=NEW),
    Call("GET", "api/leads/search", "leads.search", (SEES,), query="?q=some"),
    Call("GET", "api/leads/search/<path:text>", "leads.search", (SEES,), fixed={"text": "some"}),
    Call("GET", "api/leads/<str:pk>", "leads.get", (SEES,), of="lead"),
    Call(
        "PUT",
        "api/leads/<str:pk>",
        "leads.put",
        (SEES, CHANGES),
        of="lead",
        changes=True,
        data={"city": "Cluj"},
    ),
    Call("DELETE", "api/leads/<str:pk>", "leads.delete", (SEES, BINS), of="lead", changes=True),
    Call("DELETE", "api/delete/leads/<str:pk>", "leads.delete", (SEES, BINS), of="lead", changes=True),
]

API: list[Call] = [*LEADS]
