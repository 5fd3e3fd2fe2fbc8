"""Describes in sentences where the product responds differently than the oracle says."""

from collections.abc import Iterable, Iterator

from tests.matrix.asking import Answer, Asker
from tests.matrix.oracle import ASSIGNS, PEOPLE, SCOPES, SEEN, THINGS, UNKNOWN, Row, among, expected, holds
from tests.matrix.world import DEPARTMENT_MARKER, MARKER

HTMX = {
    "HTTP_HX_REQUEST": "true",
    "HTTP_HX_TARGET": "main",
    "HTTP_HX_CURRENT_URL": "http://testserver/admin/leads",
}


def things_tried(row: Row, person: str) -> list[str]:
    """All things for users with permission; for the others one visible thing, one foreign, one unknown."""
    if not row.of:
        return [""]
    every = [*THINGS[row.of], UNKNOWN]
    if expected(row, person, every[0]) == "sign in":
        return every[:1]
    if all(holds(person, right) for right in row.rights):
        return every
    return [every[0], *([every[-2]] if every[-2] != every[0] else []), UNKNOWN]


def meaning(row: Row, answer: Answer) -> str:
    """What a response means, in the oracle's terms."""
    if answer.status == 302 and answer.headers["Location"].startswith("/login?next="):
        return "sign in"
    if answer.status in (403, 404):
        return "forbidden" if answer.status == 403 else "not found"
    return "answer" if answer.status in row.accepted else f"a {answer.status}"


def complaints(asker: Asker, row: Row, people: Iterable[str] = PEOPLE) -> list[str]:
    """Everything that is wrong with one row, for these people and all kinds of things."""
    found: list[str] = []
    before = asker.known_fingerprint()
    with asker.in_a_row():
        asked = {
            person: {thing: asker.ask(row, person, thing) for thing in things_tried(row, person)}
            for person in people
        }
    for person, answers in asked.items():
        for thing, answer in answers.items():
            who = f"{row.name} as {person}" + (f" for {thing}" if thing else "")
            found += [f"{who}: {wrong}" for wrong in wrong_with(row, person, thing, answer)]
        found += [f"{row.name} as {person}: {wrong}" for wrong in told_apart(row, person, answers)]
    after = asker.fingerprint()
    changed = sorted(table for table in after if after[table] != before.get(table))
    return [*found, *([f"{row.name} has changed {changed}"] if changed else [])]


def wrong_with(row: Row, person: str, thing: str, answer: Answer) -> Iterator[str]:
    wanted, got = expected(row, person, thing), meaning(row, answer)
    if got != wanted and not (wanted == "denied" and got in ("forbidden", "not found")):
        yield f"expected {wanted}, got {got} ({answer.status})"
    if set(answer.wrote) - set(row.writes) and (wanted != "answer" or row.method == "GET"):
        yield f"{answer.status}, and yet it touched {', '.join(answer.wrote)}"
    yield from leaks(person, answer)


def leaks(person: str, answer: Answer) -> Iterator[str]:
    """Words of another department, shown to people who must not see them."""
    if SCOPES.get(person) == "all":
        return
    shown = (answer.body + repr(answer.headers).encode()).lower()
    for marker in [MARKER] if holds(person, ASSIGNS) else [MARKER, DEPARTMENT_MARKER]:
        if (place := shown.find(marker.encode())) >= 0:
            yield f"shows {shown[max(0, place - 90) : place + 40]!r}"


def told_apart(row: Row, person: str, answers: dict[str, Answer]) -> Iterator[str]:
    """Invisible things must get the same response as unknown ones, byte by byte."""
    for thing, answer in answers.items():
        hidden = row.of and person != "anonymous" and thing not in among(SEEN, person, row.of)
        if hidden and thing != UNKNOWN and answer.bare != answers[UNKNOWN].bare:
            yield f"{thing} can be told from an id that there is not"
