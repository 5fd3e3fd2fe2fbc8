"""What is declared of each call of the APIs."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Call:
    """One method of one URL in one dialect. `public` IDs are written as lead_…; `fixed` are its other parts."""

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
    # The status codes of allowed calls.
    answers: tuple[int, ...] = (200, 201, 202)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}{self.query}"
