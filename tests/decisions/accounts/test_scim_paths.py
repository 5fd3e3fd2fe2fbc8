"""Which paths of a SCIM PATCH change a user or a group, which ones change nothing, and which ones are errors."""

from typing import Any

import pytest

from accounts.scim.patch_parser import (
    MOST,
    PatchStep,
    get_member_id,
    get_member_ids,
    get_requested_changes,
    parse_patch_steps,
)
from accounts.scim.problems import ScimProblem
from accounts.scim.requested_changes import RequestedChanges, get_one_email, parse_whole_resource

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


def step(act: Any = "replace", **values: Any) -> dict[str, Any]:
    return {"op": act, **values}


TITLE = step(path="title", value="x")
# The body of a PATCH, and its steps as act, path and value; or the keyword of its error.
BODIES: dict[str, tuple[dict[str, Any], list[tuple[str, str, Any]] | str]] = {
    "one operation": ({"Operations": [TITLE]}, [("replace", "title", "x")]),
    "several, in their order": (
        {"Operations": [step("add", path="b", value=1), step("remove", path="a")]},
        [("add", "b", 1), ("remove", "a", None)],
    ),
    "names and words in other letters": (
        {"operations": [step("Replace", path="title", value="x")]}, [("replace", "title", "x")],
    ),
    "the paths as the keys of the value": (
        {"Operations": [step(value={"a": 1, "b": None})]}, [("replace", "a", 1), ("replace", "b", None)],
    ),
    "an empty path is none": ({"Operations": [step("add", path="", value={"a": 1})]}, [("add", "a", 1)]),
    "no operations": ({"schemas": []}, "invalidSyntax"),
    "an empty list": ({"Operations": []}, "invalidSyntax"),
    "an empty object": ({"Operations": {}}, "invalidSyntax"),
    "an operation that isn't in a list": ({"Operations": TITLE}, "invalidSyntax"),
    "a text": ({"Operations": "replace"}, "invalidSyntax"),
    "a text beside an operation": ({"Operations": [TITLE, "replace"]}, "invalidSyntax"),
    "another word": ({"Operations": [step("move", path="title", value="x")]}, "invalidSyntax"),
    "no word": ({"Operations": [{"path": "title", "value": "x"}]}, "invalidSyntax"),
    "a path that is a number": ({"Operations": [step(path=7, value="x")]}, "invalidSyntax"),
    "a remove without a path": ({"Operations": [step("remove", value={"title": "x"})]}, "noTarget"),
    "a text without a path": ({"Operations": [step(value="x")]}, "invalidValue"),
    "a list without a path": ({"Operations": [step("add", value=[{"a": 1}])]}, "invalidValue"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "outcome"), BODIES.values(), ids=BODIES)
def test_the_steps_of_a_patch(body, outcome):
    if isinstance(outcome, list):
        assert [(one.act, one.path, one.value) for one in parse_patch_steps(body)] == outcome
        return
    with pytest.raises(ScimProblem) as problem:
        list(parse_patch_steps(body))
    assert (problem.value.status, problem.value.scim_type) == (400, outcome)


# The operation, its path and value, and what it changes of a user; or the keyword of its error.
CHANGES: dict[str, tuple[str, str, Any, RequestedChanges | str]] = {
    "a removed name is empty": ("remove", "displayName", "Ann", RequestedChanges(display="")),
    "an added name": ("add", "displayName", "Ann", RequestedChanges(display="Ann")),
    "a user is activated": ("replace", "active", True, RequestedChanges(active=True)),
    "a user is deactivated": ("replace", "active", False, RequestedChanges(active=False)),
    "a user is deactivated by a text": ("replace", "active", " False", RequestedChanges(active=False)),
    "a user is activated by a text": ("replace", "active", "true", RequestedChanges(active=True)),
    "active is a number": ("replace", "active", 1, "invalidValue"),
    "active is another text": ("replace", "active", "yes", "invalidValue"),
    "active is removed": ("remove", "active", None, "mutability"),
    "a removed title changes nothing": ("remove", "title", None, NOTHING),
    "the groups": ("replace", "groups", [], "mutability"),
    "a part of a title": ("replace", "title.value", "x", NOTHING),
    "a filter of a text": ("replace", 'title[type eq "work"]', "x", "invalidPath"),
    "parts of a name": (
        "replace", "name", {"givenName": "Ann", "FAMILYNAME": "Lee", "middleName": "B"},
        RequestedChanges(given="Ann", family="Lee"),
    ),
    "a removed name has no parts": ("remove", "name", None, RequestedChanges(given="", family="")),
    "a name that is a text": ("replace", "name", "Ann Lee", "invalidValue"),
    "a name that is a number": ("replace", "displayName", 7, "invalidValue"),
}  # fmt: skip


@pytest.mark.parametrize(("act", "path", "value", "outcome"), CHANGES.values(), ids=CHANGES)
def test_what_an_operation_changes_of_a_user(act, path, value, outcome):
    body = {"Operations": [step(act, path=path, value=value)]}
    if isinstance(outcome, RequestedChanges):
        assert get_requested_changes(body) == outcome
        return
    with pytest.raises(ScimProblem) as problem:
        get_requested_changes(body)
    assert problem.value.scim_type == outcome


def test_of_two_operations_on_one_attribute_the_later_one_counts():
    steps = [step(path="displayName", value="Ann"), step(path="displayName", value="Bea")]
    assert get_requested_changes({"Operations": steps}) == RequestedChanges(display="Bea")


def test_of_a_whole_resource_everything_that_a_user_has_is_taken():
    found = parse_whole_resource(
        {
            "schemas": [CORE],
            "userName": "ann",
            "externalId": "7",
            "name": {"formatted": "Ann Lee", "givenName": "Ann"},
            "displayName": None,
            "emails": [{"value": "new@example.com"}],
            "ACTIVE": False,
            "title": "Boss",
        }
    )
    assert found == RequestedChanges("ann", "7", "", "Ann Lee", "Ann", None, "new@example.com", False)


# What an identity provider says of a user's name, what is known of it, and the new name.
NAMES = {
    "the name to display": (RequestedChanges(display="A", formatted="B", given="C"), "C", "D", "A"),
    "the formatted name": (RequestedChanges(formatted="B", given="C"), "C", "D", "B"),
    "an empty name to display": (RequestedChanges(display="", formatted="B"), "C", "D", "B"),
    "a given name, with the family name that is known": (RequestedChanges(given="C"), "C", "D", "C D"),
    "a family name, with the given name that is known": (RequestedChanges(family="D"), "C", "D", "C D"),
    "a family name, and no given one": (RequestedChanges(family="D"), "", "D", "D"),
    "a removed name": (RequestedChanges(given="", family=""), "", "", ""),
    "nothing": (RequestedChanges(email="a@example.com"), "C", "D", ""),
}


@pytest.mark.parametrize(("changes", "given", "family", "name"), NAMES.values(), ids=NAMES)
def test_the_new_name_of_a_user(changes, given, family, name):
    assert changes.get_name(given, family) == name


HOME, WORK = {"value": "h@x.ro", "type": "home"}, {"value": "w@x.ro", "type": "Work"}
PRIMARY = {"value": "p@x.ro", "type": "home", "primary": True}
# The emails that are sent, and the one that the user gets.
EMAILS: dict[str, tuple[Any, str]] = {
    "the primary one before that for work": ([WORK, PRIMARY], "p@x.ro"),
    "the primary one before the first": ([HOME, PRIMARY], "p@x.ro"),
    "primary as a text": ([WORK, PRIMARY | {"primary": "True"}], "p@x.ro"),
    "primary as a text in small letters": ([WORK, PRIMARY | {"primary": "true"}], "p@x.ro"),
    "one that isn't primary": ([WORK, PRIMARY | {"primary": False}], "w@x.ro"),
    "that for work before the first": ([HOME, WORK], "w@x.ro"),
    "the first of two for work": ([WORK, WORK | {"value": "second@x.ro"}], "w@x.ro"),
    "the first one": ([HOME, HOME | {"value": "second@x.ro"}], "h@x.ro"),
    "one without a type": ([{"value": "a@x.ro"}, WORK], "w@x.ro"),
    "one that isn't in a list": (HOME, "h@x.ro"),
    "a text": (" a@x.ro ", "a@x.ro"),
    "none": ([], ""),
    "nothing": (None, ""),
    "one without a value": ([{"type": "work"}], ""),
    "texts in a list": (["a@x.ro"], "invalidValue"),
    "a text beside one": ([HOME, "a@x.ro"], "invalidValue"),
    "a number": (7, "invalidValue"),
}


@pytest.mark.parametrize(("sent", "email"), EMAILS.values(), ids=EMAILS)
def test_which_of_several_emails_a_user_gets(sent, email):
    if email != "invalidValue":
        assert get_one_email(sent) == email
        return
    with pytest.raises(ScimProblem) as problem:
        get_one_email(sent)
    assert problem.value.scim_type == "invalidValue"


# A member as it is sent, and its id.
IDS: dict[str, tuple[Any, str]] = {
    "an object": ({"value": "7"}, "7"),
    "a number in an object": ({"value": 7}, "7"),
    "a text": ("7", "7"),
    "a number": (7, "7"),
    "yes": (True, "invalidValue"),
    "an object without a value": ({"display": "Ann"}, "invalidValue"),
    "a list": (["7"], "invalidValue"),
}


@pytest.mark.parametrize(("entry", "member"), IDS.values(), ids=IDS)
def test_the_id_of_a_member(entry, member):
    if member != "invalidValue":
        assert get_member_id(entry) == member
        return
    with pytest.raises(ScimProblem) as problem:
        get_member_id(entry)
    assert problem.value.scim_type == "invalidValue"


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
    "add one that isn't in a list": ("add", "members", {"value": "7"}, ["7"]),
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
    assert get_requested_changes({"Operations": [TITLE] * MOST}) == NOTHING
    with pytest.raises(ScimProblem) as refused:
        get_requested_changes({"Operations": [TITLE] * (MOST + 1)})
    assert refused.value.status == 413


def test_of_a_long_path_the_beginning_is_named():
    with pytest.raises(ScimProblem) as refused:
        get_requested_changes({"Operations": [step(path="x" * 200, value="x")]})
    assert refused.value.message == f"The attribute '{'x' * 100}' is unknown."
    with pytest.raises(ScimProblem) as unreadable:
        get_requested_changes({"Operations": [step(path="/" * 200, value="x")]})
    assert unreadable.value.message == f"The path '{'/' * 100}' can't be read."


def test_a_name_has_at_most_so_many_letters():
    wanted = RequestedChanges()
    assert wanted.take("displayname", "x" * 150)
    assert wanted.display == "x" * 150
    with pytest.raises(ScimProblem):
        wanted.take("displayname", "x" * 151)
