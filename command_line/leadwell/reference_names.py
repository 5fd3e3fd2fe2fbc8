"""People write names, such as status=New; API v2 takes ids. Each small table is read once, when a name is first looked up."""

from typing import Any

from leadwell.connection.calls import Connection
from leadwell.failures import ValueRefused
from leadwell.kinds import Kind

# Words that filters and values take in place of an id.
WORDS = frozenset({"me", "none", "team", "any"})


class ReferenceNames:
    """Ids for the names of users, statuses, tags and the like."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._tables: dict[str, list[dict[str, Any]]] = {}

    def get_rows(self, table: str) -> list[dict[str, Any]]:
        if table not in self._tables:
            answer = self.connection.get(table)
            self._tables[table] = next((rows for rows in answer.values() if isinstance(rows, list)), [])
        return self._tables[table]

    def find_ids(self, table: str, name: str) -> list[int]:
        """The ids of what has this name; users have an email too. Capitals make no difference. What is retired comes only if
        nothing else has the name. Raises Failure if nothing has it."""
        wanted = name.strip().casefold()
        rows = [
            row
            for row in self.get_rows(table)
            if wanted in (str(row.get("name", "")).casefold(), str(row.get("email", "")).casefold())
        ]
        rows = [row for row in rows if not row.get("retired") and row.get("active", True)] or rows
        if not rows:
            names = ", ".join(str(row.get("name")) for row in self.get_rows(table)[:20])
            raise ValueRefused(
                f"{name!r} isn't one of the {table.replace('-', ' ')}: {names or 'there are none'}."
            )
        return [row["id"] for row in rows]

    def get_id(self, table: str, name: str) -> int:
        """Raises Failure if several things have the name."""
        found = self.find_ids(table, name)
        if len(found) > 1:
            ids = ", ".join(map(str, found))
            raise ValueRefused(
                f"Several {table.replace('-', ' ')} are called {name!r}. Give the ID of one: {ids}."
            )
        return found[0]

    def get_name(self, table: str, number: Any) -> Any:
        """The name of an id; the id itself if the token doesn't see what it belongs to."""
        return next((row["name"] for row in self.get_rows(table) if row["id"] == number), number)


def is_id(text: str) -> bool:
    return text.strip().isdecimal()


def resolve_filter(kind: Kind, names: ReferenceNames, name: str, value: str) -> list[tuple[str, str]]:
    """The parameters for one filter: a name of several things means all of them."""
    table = kind.tables.get(name.removeprefix("any."))
    if table is None or is_id(value) or value.lower() in WORDS:
        return [(name, value)]
    return [(name, str(number)) for number in names.find_ids(table, value)]
