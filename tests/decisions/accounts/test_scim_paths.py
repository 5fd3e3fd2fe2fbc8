"""Which paths of a SCIM PATCH change a user or a group, which ones change nothing, and which ones are errors."""

import pytest

from accounts.scim.patch_parser import MOST, PatchStep, get_member_ids, get_requested_changes
from accounts.scim.problems import ScimProblem
from accounts.scim.requested_changes import RequestedChanges

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
EMAIL, NOTHING = RequestedChanges(email="new@example.com"), RequestedChanges()
# The path, and what a replace of it changes or the keyword of its error.
USERS = {
    "the email": ("emails", EMAIL),
    "the email of the first place": ("emails[0]", "invalidPath"),
    "the value of the first place": ("emails[0].value", "invalidPath"),
    "a place without a number": ("emails[]", "invalidPath"),
    "a place in dots": ("emails.0.value", "invalidPath"),
    "a bracket that doesn't end": ('emails[type eq "work"', "invalidPath"),
    "the email for work": ('emails[type eq "work"].value', EMAIL),
    "the email for work with the schema": (f'{CORE}:emails[type eq "work"].value', EMAIL),
    "the primary email": ("emails[primary eq true].value", EMAIL),
    "the email for home": ('emails[type eq "home"].value', NOTHING),
    "an email that isn't the primary one": ("emails[primary eq false].value", NOTHING),
    "the email with this value": ('emails[value eq "bob@example.com"].value', "invalidPath"),
    "an email whose type is a number": ("emails[type eq 5].value", NOTHING),
    "an email whose type is no text": ("emails[type eq true].value", "invalidPath"),
    "an email with two conditions": ('emails[type eq "work" and primary eq true].value', "invalidPath"),
    "the type of an email": ('emails[type eq "work"].type', NOTHING),
    "an unknown part of an email": ("emails.domain", "invalidPath"),
    "a place of a name": ("name[0].givenName", "invalidPath"),
    "an unknown part of a name": ("name.nick", "invalidPath"),
    "a middle name": ("name.middleName", NOTHING),
    "a place of the user name": ("userName[0]", "invalidPath"),
    "a place of a title": ("title[0]", "invalidPath"),
    "a phone number for work": ('phoneNumbers[type eq "work"].value', NOTHING),
    "the phone number of the first place": ("phoneNumbers[0].value", "invalidPath"),
    "the id": ("id", "mutability"),
    "an unknown attribute": ("shoeSize", "invalidPath"),
    "a pointer": ("/emails/0/value", "invalidPath"),
    "a NUL": ("emails\0", "invalidPath"),
    "half a character": ("emails\ud800", "invalidPath"),
    "an attribute of an employee": (
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        NOTHING,
    ),
}


@pytest.mark.parametrize(("path", "outcome"), USERS.values(), ids=USERS)
def test_what_a_path_of_a_user_changes(path, outcome):
    body = {"Operations": [{"op": "replace", "path": path, "value": "new@example.com"}]}
    if isinstance(outcome, RequestedChanges):
        assert get_requested_changes(body) == outcome
        return
    with pytest.raises(ScimProblem) as problem:
        get_requested_changes(body)
    assert (problem.value.status, problem.value.scim_type) == (400, outcome)


# The operation, its path and value, and the members that it is about: None is all of them.
MEMBERS = {
    "add one": ("add", "members", [{"value": "7"}], ["7"]),
    "add one with the schema": (
        "add",
        "urn:ietf:params:scim:schemas:core:2.0:Group:members",
        [{"value": "7"}],
        ["7"],
    ),
    "remove all": ("remove", "members", None, None),
    "remove those of a list": ("remove", "members", [{"value": "7"}], ["7"]),
    "remove one by a filter": ("remove", 'members[value eq "7"]', None, ["7"]),
    "remove the first place": ("remove", "members[0]", None, "invalidPath"),
    "remove two by a filter": ("remove", 'members[value eq "7" or value eq "8"]', None, "invalidPath"),
    "remove a part of one": ("remove", 'members[value eq "7"].display', None, "invalidPath"),
    "replace one by a filter": ("replace", 'members[value eq "7"]', [{"value": "8"}], "invalidPath"),
    "add by a filter": ("add", 'members[value eq "7"]', None, "invalidPath"),
}


@pytest.mark.parametrize(("act", "path", "value", "outcome"), MEMBERS.values(), ids=MEMBERS)
def test_which_members_a_path_of_a_group_is_about(act, path, value, outcome):
    if outcome is None or isinstance(outcome, list):
        assert get_member_ids(PatchStep(act, path, value)) == outcome
        return
    with pytest.raises(ScimProblem) as problem:
        get_member_ids(PatchStep(act, path, value))
    assert (problem.value.status, problem.value.scim_type) == (400, outcome)


TEXTS = {
    "a plain name": ("Ann Lee", True),
    "letters of all languages": ("Ştefan 王 🙂", True),
    "spaces and line breaks around it": (" Ann\n", True),
    "a NUL": ("Ann\0", False),
    "half a character": ("Ann\ud800", False),
    "a line break inside": ("Ann\nBcc: all@example.com", False),
    "an escape": ("Ann\x1b[2J", False),
    "a control character of Latin-1": ("Ann\x85Lee", False),
}


@pytest.mark.parametrize("name", ["displayName", "userName", "externalId", "name.givenName", "emails"])
@pytest.mark.parametrize(("text", "taken"), TEXTS.values(), ids=TEXTS)
def test_which_texts_of_an_identity_provider_are_taken(name, text, taken):
    wanted = RequestedChanges()
    if taken:
        assert wanted.take(name.lower(), text)
        return
    with pytest.raises(ScimProblem, match="can't be stored"):
        wanted.take(name.lower(), text)


def test_a_call_has_at_most_so_many_operations():
    step = {"op": "replace", "path": "title", "value": "x"}
    assert get_requested_changes({"Operations": [step] * MOST}) == NOTHING
    with pytest.raises(ScimProblem) as refused:
        get_requested_changes({"Operations": [step] * (MOST + 1)})
    assert refused.value.status == 413


def test_of_a_long_path_the_beginning_is_named():
    with pytest.raises(ScimProblem) as refused:
        get_requested_changes({"Operations": [{"op": "replace", "path": "x" * 200, "value": "x"}]})
    assert refused.value.message == f"The attribute '{'x' * 100}' is unknown."


def test_a_name_has_at_most_so_many_letters():
    wanted = RequestedChanges()
    assert wanted.take("displayname", "x" * 150)
    assert wanted.display == "x" * 150
    with pytest.raises(ScimProblem):
        wanted.take("displayname", "x" * 151)
