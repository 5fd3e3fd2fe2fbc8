"""The records of a list, page after page."""

from collections.abc import Iterator
from typing import Any

from leadwell.connection.calls import Connection
from leadwell.kinds import Kind

LARGEST_PAGE = 200


def read_records(
    connection: Connection, kind: Kind, parameters: list[tuple[str, str]], most: int | None = None
) -> Iterator[list[dict[str, Any]]]:
    """Pages of records. `most` None reads all; otherwise there may be one more than these, so that the caller knows whether there
    are more."""
    after, left = "", None if most is None else most + 1
    while True:
        size = LARGEST_PAGE if left is None else min(left, LARGEST_PAGE)
        page = [*parameters, ("limit", str(size)), *([("after", after)] if after else [])]
        answer = connection.get(kind.many, page)
        rows = answer[kind.many]
        yield rows
        after = answer.get("next") or ""
        left = None if left is None else left - len(rows)
        if not after or (left is not None and left <= 0):
            return


def read_newest(
    connection: Connection, path: str, name: str, most: int, narrowed: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The newest rows of a list whose pages go back in time, under `name` in each answer. `narrowed` are its filters."""
    found: list[dict[str, Any]] = []
    before = None
    while len(found) < most:
        parameters = {**(narrowed or {}), "limit": min(most - len(found), LARGEST_PAGE)}
        parameters |= {"before": before} if before else {}
        answer = connection.get(path, parameters)
        found += answer[name]
        before = answer["next"]
        if before is None:
            break
    return found


def read_changes(
    connection: Connection, kind: Kind, since: str
) -> Iterator[tuple[list[dict[str, Any]], str]]:
    """Pages of changes, each with the cursor after it. Without `since`, one empty page with a cursor to begin with."""
    while True:
        parameters = {"since": since} if since else None
        answer = connection.get(f"{kind.many}/changes", parameters)
        since = answer["next"]
        yield answer["changes"], since
        if not answer["more"]:
            return


def replace_ids_with_names(record: dict[str, Any]) -> dict[str, Any]:
    """A record that was read with expand, with names in place of the ids that they belong to."""
    expanded = record.get("expanded") or {}
    names = {name: linked.get("name", linked.get("id")) for name, linked in expanded.items() if linked}
    return {name: names.get(name, value) for name, value in record.items() if name != "expanded"}
