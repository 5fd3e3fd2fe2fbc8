"""Every URL of the APIs with everyone's token: who can call it, for which lead; without the token's right; without a
token.

Every response must be a documented one.
"""

import json
from collections import defaultdict
from typing import Any

import pytest
from django.test import Client

from crm.api.token_scopes import get_all_rights
from crm.models import Token
from leads.models import Lead
from tests.api.documentation.agreement import disagreement
from tests.examples import one_of_each
from tests.matrix.asking import PART, Answer, Asker, undone, written
from tests.matrix.declared.api import API, Call
from tests.matrix.judging import WHOLE, leaks
from tests.matrix.oracle import PEOPLE, SCOPES, SEEN, THINGS, UNKNOWN, among, changeable, holds

pytestmark = [pytest.mark.hard, pytest.mark.matrix]

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
PROGRAMS = [person for person in PEOPLE if person != "anonymous"]


class Programs:
    """A token for everyone, with all rights of its user."""

    def __init__(self, asker: Asker) -> None:
        self.asker, self.world = asker, asker.world
        # The middleware, loaded once for all calls.
        self.handler = Client().handler
        self.secrets = {person: self.secret_of(person) for person in PROGRAMS}

    def secret_of(self, person: str, without: str = "") -> str:
        token = Token(
            user=self.world.people[person],
            name="program",
            rights=[n for n in get_all_rights() if n != without],
        )
        secret = token.set_new_secret()
        token.save()
        return secret

    def address(self, call: Call, person: str, thing: str = "") -> str:
        parts: dict[str, Any] = {name: self.world.filled(value) for name, value in call.fixed.items()}
        if call.of:
            parts |= self.world.ids(call.of, thing, person)
            parts["pk"] = Lead(pk=parts["pk"]).public_id if call.public else parts["pk"]
        return "/" + PART.sub(lambda match: str(parts[match[1]]), call.path) + call.query

    def ask(
        self, call: Call, person: str, thing: str = "", secret: str | None = None, method: str = ""
    ) -> Answer:
        secret = self.secrets.get(person, "") if secret is None else secret
        header = {"authtoken": secret} if call.dialect == "connect" else {"Authorization": f"Bearer {secret}"}
        data = {name: self.world.filled(value) for name, value in call.data.items()}
        client = Client()
        client.handler = self.handler
        with undone(), written(self.asker.left) as wrote:
            answer = client.generic(
                method or call.method,
                self.address(call, person, thing),
                json.dumps(data),
                content_type="application/json",
                headers=header if secret else {},
            )
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        is_json = "json" in answer.headers["Content-Type"]
        address, body = (
            self.address(call, person, thing),
            json.loads(content) if is_json else content.decode(),
        )
        assert disagreement(method or call.method, address, answer.status_code, body) == ""
        # The call log and the last use of the token are written whatever the result.
        touched = [table for table in wrote if table not in ("crm_apicall", "crm_tokenuse")]
        return Answer(answer.status_code, content, dict(answer.headers), tuple(touched))


@pytest.fixture
def programs(asker):
    return Programs(asker)


def expected(call: Call, person: str, thing: str) -> int:
    """403 without permission, 404 for invisible records, 403 for visible ones that can't be changed, else 200."""
    if not all(holds(person, right) for right in call.rights):
        return 403
    if call.of and thing not in among(SEEN, person, call.of):
        return 404
    return 403 if call.changes and not changeable(person, call.of, thing) else 200


def who_calls(call: Call) -> list[str]:
    """Of the programs that see the same departments and hold the same of the call's rights one; at night all."""
    alike: dict[tuple, str] = {}
    for person in PROGRAMS:
        which = SCOPES.get(person, person), *(holds(person, right) for right in call.rights)
        alike.setdefault((*which, person if WHOLE else ""), person)
    return list(alike.values())


@pytest.mark.django_db
@pytest.mark.usefixtures("files_of_the_world")
@pytest.mark.parametrize("call", API, ids=lambda call: call.name)
def test_a_token_can_do_what_its_user_can_and_nothing_else(call, programs):
    wrong = []
    for person in who_calls(call):
        things = [*THINGS[call.of], UNKNOWN] if call.of else [""]
        with programs.asker.in_a_row():
            answers = {thing: programs.ask(call, person, thing) for thing in things}
        for thing, answer in answers.items():
            got = 200 if answer.status in call.answers else answer.status
            # Users who see no leads have an empty list, which is 404 in this dialect.
            empty = got == 404 and not call.of and b"No data were found" in answer.body
            if got != expected(call, person, thing) and not empty:
                wrong.append(f"{person} {thing}: {answer.status} {answer.body[:80]!r}")
            if (
                answer.wrote
                and (answer.status >= 400 or call.method == "GET")
                and "crm_operation" in answer.wrote
            ):
                wrong.append(f"{person} {thing}: {answer.status}, and yet it wrote {answer.wrote}")
            wrong += [f"{person} {thing}: {leak}" for leak in leaks(person, answer)]
            hidden = call.of and thing not in among(SEEN, person, call.of)
            if hidden and (answer.status, answer.body) != (answers[UNKNOWN].status, answers[UNKNOWN].body):
                wrong.append(f"{person}: {thing} can be told from an id that there is not")
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.usefixtures("files_of_the_world")
def test_a_token_without_the_right_is_denied_even_if_its_user_has_permission(programs):
    wrong = []
    for call in API:
        if not call.token:
            continue
        secret = programs.secret_of("administrator", without=call.token)
        answer = programs.ask(call, "administrator", THINGS[call.of][0] if call.of else "", secret)
        if answer.status != 403 or answer.wrote:
            wrong.append(f"{call.name}: {answer.status}")
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.usefixtures("files_of_the_world")
def test_calls_without_a_token_are_denied_even_with_a_session(programs, asker):
    wrong = []
    for call in API:
        if not call.token:
            continue
        address = programs.address(call, "administrator", THINGS[call.of][0] if call.of else "")
        signed_in = asker.client("administrator").generic(call.method, address)
        if (
            signed_in.status_code,
            programs.ask(call, "anonymous", THINGS[call.of][0] if call.of else "", "").status,
        ) != (401, 401):
            wrong.append(call.name)
    assert wrong == []


def undeclared_methods() -> list[list[tuple[Call, str]]]:
    by_path = defaultdict(list)
    for call in API:
        by_path[call.path].append(call)
    return [
        [(calls[0], method) for method in METHODS if method not in {call.method for call in calls}]
        for calls in by_path.values()
    ]


@pytest.mark.django_db
@pytest.mark.usefixtures("files_of_the_world")
@pytest.mark.parametrize("undeclared", one_of_each(undeclared_methods()))
def test_an_undeclared_method_returns_405(programs, undeclared):
    wrong = []
    for call, method in undeclared:
        thing = THINGS[call.of][0] if call.of else ""
        answer = programs.ask(call, "administrator", thing, method=method)
        if answer.status != 405 or answer.wrote:
            wrong.append(f"{method} {call.path}: {answer.status}")
    assert wrong == []
