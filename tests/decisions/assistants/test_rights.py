"""Which rights an assistant can have, and which ones a new assistant has at first."""

from collections.abc import Sequence

import pytest

from assistants.rights import get_assistant_resources, get_assistant_rights, get_first_rights
from crm.api.token_scopes import TOKEN_RESOURCES, get_all_rights

# A right of a token, and whether an assistant can have it.
POSSIBLE: dict[str, bool] = {
    "leads.get": True,
    "leads.search": True,
    "leads.post": True,
    "leads.put": True,
    "leads.delete": True,
    "companies.delete": True,
    "contacts.post": True,
    "deals.put": True,
    "activities.delete": True,
    "tasks.delete": True,
    "bookings.post": True,
    "busy_times.get": True,
    "users.get": True,
    "operations.post": True,
    "reports.get": True,
    # Settings are read alone.
    "lead_statuses.get": True,
    "lead_statuses.post": False,
    "lead_statuses.put": False,
    "lead_statuses.delete": False,
    "lead_sources.get": True,
    "lead_sources.delete": False,
    # What no tool uses.
    "emails.post": False,
    "webhooks.post": False,
    "custom_fields.get": False,
    "custom_fields.delete": False,
    "working_time.put": False,
    "saved_views.get": False,
}


@pytest.mark.parametrize(("right", "possible"), POSSIBLE.items(), ids=POSSIBLE)
def test_which_right_an_assistant_can_have(right, possible):
    assert right in get_all_rights()
    assert (right in get_assistant_rights()) is possible


def test_resources_keep_their_order_labels_and_permissions():
    every = {resource.name: resource for resource in TOKEN_RESOURCES}
    found = get_assistant_resources()
    assert [one.name for one in found] == [name for name in every if name in {one.name for one in found}]
    for one in found:
        whole = every[one.name]
        assert (one.label, one.sees, one.hint) == (whole.label, whole.sees, whole.hint)
        assert one.needs.items() <= whole.needs.items()


# The permissions of the user, whether the assistant only reads, and its rights to leads, companies, statuses and tasks at first.
FIRST: dict[str, tuple[Sequence[str], bool, list[str]]] = {
    "a user who sees leads": (
        ["view_lead"], False,
        ["leads.get", "leads.search", "tasks.get", "tasks.post", "tasks.put", "lead_statuses.get"],
    ),
    "a user who changes leads": (
        ["view_lead", "change_lead"], False,
        ["leads.get", "leads.search", "leads.put", "tasks.get", "tasks.post", "tasks.put", "lead_statuses.get"],
    ),
    "a user who deletes leads and statuses": (
        ["view_lead", "delete_lead", "delete_status"], False,
        ["leads.get", "leads.search", "tasks.get", "tasks.post", "tasks.put", "lead_statuses.get"],
    ),
    "a user who adds companies": (
        ["view_company", "add_company"], False, ["companies.get", "companies.search", "companies.post"],
    ),
    "a user who adds companies without seeing them": (["add_company"], False, []),
    "a user without permissions": ([], False, []),
    "an assistant that only reads": (
        ["view_lead", "add_lead", "change_lead", "delete_lead"], True,
        ["leads.get", "leads.search", "tasks.get", "lead_statuses.get"],
    ),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("held", "read_only", "rights"), FIRST.values(), ids=FIRST)
def test_which_rights_a_new_assistant_has(held, read_only, rights, someone_with):
    found = get_first_rights(someone_with(*held), read_only=read_only)
    shown = ("leads.", "companies.", "lead_statuses.", "tasks.")
    assert sorted(right for right in found if right.startswith(shown)) == sorted(rights)
    assert found == [right for right in get_assistant_rights() if right in found]


@pytest.mark.django_db
def test_a_new_assistant_of_an_administrator_deletes_nothing_and_writes_unless_it_only_reads(ada):
    actions = {right.rpartition(".")[2] for right in get_first_rights(ada)}
    assert actions == {"get", "search", "post", "put"}
    assert {right.rpartition(".")[2] for right in get_first_rights(ada, read_only=True)} == {"get", "search"}
