"""Describes in sentences where the product responds differently than the oracle says."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from zlib import crc32

from tests.matrix.asking import Answer, Asked, Asker
from tests.matrix.oracle import ASSIGNS, PEOPLE, SCOPES, SEEN, THINGS, UNKNOWN, Row, among, expected, holds
from tests.matrix.world import DEPARTMENT_MARKER, MARKER

HTMX = {
    "HTTP_HX_REQUEST": "true",
    "HTTP_HX_TARGET": "main",
    "HTTP_HX_CURRENT_URL": "http://testserver/admin/leads",
}


# Set for `make test-nightly`: everyone is asked about everything.
WHOLE = bool(os.environ.get("LEADWELL_WHOLE_MATRIX"))


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


def who_is_asked(row: Row, people: Iterable[str]) -> Iterator[Asked]:
    """Of those who see the same departments one. For a page, the first who gets the same for a thing: what each role gets for each page
    is asked on a running server (tests/hard/server/test_every_page.py). For a change, one of those who get the same for all things, by
    turns, so that each role is denied a part of the changes. Everyone each night."""
    tried = [(person, things_tried(row, person)) for person in people]
    if WHOLE:
        yield from ((person, thing) for person, things in tried for thing in things)
    elif row.method == "GET":
        yield from _first_for_each_answer(row, tried)
    else:
        yield from _one_by_turns(row, tried)


def _first_for_each_answer(row: Row, tried: list[tuple[str, list[str]]]) -> Iterator[Asked]:
    asked = set()
    for person, things in tried:
        for thing in things:
            alike = SCOPES.get(person, person), thing, expected(row, person, thing)
            if alike not in asked:
                asked.add(alike)
                yield person, thing


def _one_by_turns(row: Row, tried: list[tuple[str, list[str]]]) -> Iterator[Asked]:
    alike = defaultdict(list)
    for person, things in tried:
        answers = tuple((thing, expected(row, person, thing)) for thing in things)
        alike[SCOPES.get(person, person), answers].append(person)
    # The same in each run.
    turn = crc32(row.name.encode())
    for (_scope, answers), persons in alike.items():
        yield from ((persons[turn % len(persons)], thing) for thing, _wanted in answers)


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
    for person, answers in answers_to(asker, row, people).items():
        for thing, answer in answers.items():
            who = f"{row.name} as {person}" + (f" for {thing}" if thing else "")
            found += [f"{who}: {wrong}" for wrong in wrong_with(row, person, thing, answer)]
        found += [f"{row.name} as {person}: {wrong}" for wrong in told_apart(row, person, answers)]
    return found


def answers_to(asker: Asker, row: Row, people: Iterable[str]) -> dict[str, dict[str, Answer]]:
    """By person and thing. Requests that may write something are asked apart from those that may not."""
    asked = list(who_is_asked(row, people))
    writing = [one for one in asked if row.method != "GET" and expected(row, *one) == "answer"]
    quiet = [one for one in asked if one not in writing]
    with asker.in_a_row():
        given = asker.ask_all(row, quiet, may_write=False) | asker.ask_all(row, writing, may_write=True)
    found: dict[str, dict[str, Answer]] = defaultdict(dict)
    for person, thing in asked:
        found[person][thing] = given[person, thing]
    return found


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
