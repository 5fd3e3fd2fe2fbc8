"""Every URL of SCIM with everyone's SCIM token and API token, with a session, and without a token."""

import json

import pytest
from django.test import Client

from accounts.models import Provisioning
from crm.api.token_scopes import get_all_rights
from crm.models import Token
from tests.matrix.asking import PART, undone, written
from tests.matrix.declared.scim import SCIM
from tests.matrix.oracle import PEOPLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_of_the_world")]
PROGRAMS = [person for person in PEOPLE if person != "anonymous"]
LOGGED = {"crm_apicall", "crm_tokenuse", "crm_auditentry"}


def secret_of(user, purpose: str) -> str:
    token = Token(user=user, name="program", purpose=purpose, rights=get_all_rights())
    secret = token.set_new_secret()
    token.save()
    if purpose == "scim":
        Provisioning.objects.create(token=token)
    return secret


def ask(asker, call, secret: str, client: Client | None = None) -> tuple[int, set[str]]:
    """The status, and the tables that were written apart from the logs."""
    pk = call.pk.format_map(asker.world.names)
    with undone(), written() as wrote:
        answer = (client or Client()).generic(
            call.method,
            "/" + PART.sub(lambda _match: pk, call.path),
            json.dumps(call.data),
            content_type="application/scim+json",
            headers={"Authorization": f"Bearer {secret}"} if secret else {},
        )
    return answer.status_code, {table for table in wrote if not table.startswith(tuple(LOGGED))}


@pytest.mark.parametrize("call", SCIM, ids=lambda call: f"{call.method} {call.path}")
def test_only_scim_tokens_of_administrators_do_scim(call, asker):
    wrong = []
    for person in PROGRAMS:
        status, wrote = ask(asker, call, secret_of(asker.world.people[person], "scim"))
        expected = call.answers if person == "administrator" else (403,)
        if status not in expected or (wrote and person != "administrator"):
            wrong.append(f"{person}: {status} {wrote}")
        status, wrote = ask(asker, call, secret_of(asker.world.people[person], "api"))
        if status != 401 or wrote:
            wrong.append(f"{person} with an API token: {status} {wrote}")
    assert wrong == []


@pytest.mark.parametrize("call", SCIM, ids=lambda call: f"{call.method} {call.path}")
def test_without_a_token_scim_is_denied_even_with_a_session(call, asker):
    assert ask(asker, call, "") == (401, set())
    assert ask(asker, call, "", asker.client("administrator")) == (401, set())
