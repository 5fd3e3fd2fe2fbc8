"""Two calls with the same secret at the same moment: one gets an access, and then no one has it."""

import pytest
from django.test import Client

from assistants.models import AssistantConnection
from crm.models import Token
from tests.assistants.sign_in.connecting import ConnectedProgram
from tests.assistants.test_at_once import do_at_once

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def use_at_once(program: ConnectedProgram, way: str) -> list[int]:
    def use(_number: int) -> int:
        other = ConnectedProgram(program.id, program.code, program.access, program.renewal, Client())
        return getattr(other, way)().status_code

    return sorted(do_at_once(use, range(3)))


@pytest.mark.parametrize("way", ["exchange", "renew"])
def test_a_secret_that_is_used_by_calls_at_once_is_worth_one_access_which_then_ends(sign_in, ann, way):
    program = ConnectedProgram()
    program.register()
    program.ask(sign_in(ann))
    if way == "renew":
        program.exchange()
    assert use_at_once(program, way) == [200, 400, 400]
    assert AssistantConnection.objects.count() == 1
    assert Token.objects.get().revoked_at is not None
