"""The page that makes an assistant, and the page of its token: what it may do, and how to connect it."""

import re

import pytest

from assistants.models import AssistantLimits
from assistants.rights import get_assistant_rights, get_first_rights
from assistants.tools.tool_list import TOOLS
from crm.models import Token

LIST = "/admin/api/api_management"
NEW = f"{LIST}/new-assistant"


@pytest.fixture
def fields(ada):
    return {
        "name": "Claude",
        "user": ada.pk,
        "access": "chosen",
        "rights": ["leads.get", "leads.put"],
        "preview_above": 1,
        "records_per_call": 50,
        "records_per_hour": 200,
    }


def test_an_administrator_makes_an_assistant_and_sees_how_to_connect_it_once(sign_in, ada, fields):
    browser = sign_in(ada)
    page = browser.post(NEW, fields).content.decode()
    (secret,) = set(re.findall(r"lw_\w{40}", page))
    assert f"Authorization: Bearer {secret}" in page
    assert "http://127.0.0.1:8000/mcp" in page
    token = Token.objects.get()
    assert (token.purpose, token.rights, token.user) == ("assistant", fields["rights"], ada)
    limits = AssistantLimits.objects.get()
    assert (limits.token, limits.records_per_call, limits.records_per_hour) == (token, 50, 200)
    assert not limits.may_send
    again = browser.get(f"{LIST}/{token.pk}").content.decode()
    assert secret not in again
    assert "up to 1 record" in again
    assert "not allowed" in again
    assert "assistant" in browser.get(LIST).content.decode()


def test_the_form_proposes_all_that_the_user_may_do_but_deleting(sign_in, ada):
    form = sign_in(ada).get(NEW).context["form"]
    rights = form["rights"].value()
    assert "leads.put" in rights
    assert "operations.post" in rights
    assert [right for right in rights if right.endswith(".delete")] == []
    assert "webhooks.get" not in rights


@pytest.mark.parametrize(
    "wrong",
    [
        {"records_per_call": "0"},
        {"records_per_call": "3001"},
        {"records_per_hour": "x"},
        {"preview_above": "-1"},
        {"rights": ["webhooks.post"]},
        {"rights": ["lead_statuses.delete"]},
        {"name": ""},
    ],
)
def test_a_wrong_value_keeps_what_was_typed_and_makes_nothing(sign_in, ada, fields, wrong):
    answer = sign_in(ada).post(NEW, fields | wrong)
    assert answer.status_code == 422
    assert "Claude" in answer.content.decode() or "name" in wrong
    assert not Token.objects.exists()
    assert not AssistantLimits.objects.exists()


def test_only_who_may_add_tokens_makes_assistants(sign_in, ann):
    browser = sign_in(ann)
    assert browser.get(NEW).status_code == 403
    assert browser.post(NEW, {"name": "Claude"}).status_code == 403


def test_an_assistant_never_has_more_rights_than_its_user(sign_in, ada, bob, fields):
    answer = sign_in(ada).post(NEW, fields | {"user": bob.pk, "rights": ["leads.get", "leads.delete"]})
    assert answer.status_code == 422
    assert "have these permissions" in answer.content.decode()


def test_the_program_for_standard_input_is_a_download(sign_in, ada, ann):
    page = sign_in(ada).get(f"{LIST}/assistant-program")
    assert page["Content-Disposition"] == 'attachment; filename="leadwell_mcp.py"'
    assert b"LEADWELL_TOKEN" in page.content
    assert sign_in(ann).get(f"{LIST}/assistant-program").status_code == 403


def test_an_assistant_that_the_page_makes_with_all_permissions_may_use_every_tool(assistant, ada):
    """A tool whose right the form doesn't offer would be there for no one."""
    tools = assistant(ada, get_assistant_rights()).send("tools/list")["result"]["tools"]
    assert [tool["name"] for tool in tools] == list(TOOLS)
    # What it has at first is all but deleting.
    tools = assistant(ada, get_first_rights(ada)).send("tools/list")["result"]["tools"]
    assert {*TOOLS} - {tool["name"] for tool in tools} == {"delete_record", "merge_records", "cancel_booking"}
