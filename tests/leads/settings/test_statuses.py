"""The settings of statuses: who may open them, the list, and form errors."""

import pytest

from crm.models import Change, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from leads.models import Status
from leads.settings.row_history import get_row_history
from tests.crm.records.history.undo.test_every_verb import all_tables

LIST = "/admin/leads/statuses"


def sent(status: Status, **changes) -> dict:
    """What this status's form submits if only these fields change."""
    data = {
        "name": status.name,
        "kind": status.kind,
        "hue": status.hue,
        "meaning": status.meaning,
        "required_fields": status.required_fields,
        "most_days": status.most_days or "",
        "next_action_prompt": status.next_action_prompt,
        "version": status.version,
    }
    ticks = {name: "on" for name in ("is_default", "retired") if getattr(status, name)}
    data = data | ticks | changes
    return {name: value for name, value in data.items() if value is not None}


def new(**values) -> dict:
    return {"name": "Waiting for budget", "kind": "proposal", "hue": 70, **values}


PAGES = {
    "list": (LIST, "view_status"),
    "new": (f"{LIST}/new", "add_status"),
    "detail": (f"{LIST}/%d", "view_status"),
    "edit": (f"{LIST}/%d/edit", "change_status"),
    "delete": (f"{LIST}/%d/delete", "delete_status"),
    "bulk retire": ("/admin/leads/statuses/bulk?action=retire&row=%d", "change_status"),
    "bulk export": ("/admin/leads/statuses/bulk?action=export&row=%d", "view_status"),
}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_requires_its_permission(page, sign_in, someone_with, statuses):
    address, right = PAGES[page]
    address = address % statuses.qualified.pk if "%d" in address else address
    assert sign_in(someone_with(right)).get(address).status_code == 200
    others = [
        name for name in ("view_status", "add_status", "change_status", "delete_status") if name != right
    ]
    assert sign_in(someone_with(*others, name="mallory")).get(address).status_code == 403


@pytest.mark.parametrize("name", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_sales_reps_do_not_see_the_settings(name, cast, sign_in):
    browser = sign_in(getattr(cast, name))
    assert browser.get(LIST).status_code == 403
    assert LIST not in browser.get("/admin/leads").content.decode()


def test_the_list_has_its_title_and_every_status_in_order(sign_in, ada, make_lead):
    make_lead()
    page = sign_in(ada).get(LIST).content.decode()
    assert "<title>Lead statuses – Leadwell</title>" in page
    places = [
        page.index(f">{name}</span>") for name in ("New", "Contacted", "Qualified", "Proposal", "Won", "Lost")
    ]
    assert places == sorted(places)
    assert "/admin/leads?status=" in page


def test_the_list_is_searched_filtered_and_sorted(sign_in, ada, statuses, make_status):
    make_status("Waiting for budget", retired=True)
    browser = sign_in(ada)

    def shown(query):
        table = browser.get(f"{LIST}?{query}").context["table"]
        return [row.name for row in table.data]

    assert shown("q=disq") == ["Disqualified"]
    assert shown("kind=won") == ["Won", "Won"]
    assert shown("state=retired") == ["Waiting for budget"]
    assert "Waiting for budget" in shown("state=all")
    assert "Waiting for budget" not in shown("")
    assert shown("sort=label")[:2] == ["Contacted", "Disqualified"]
    assert shown("sort=-most_days")[:1] == ["Proposal"]
    assert shown("sort=most_days")[-1] in ("Won", "Lost", "Disqualified")
    assert shown("sort=password")[0] == "New"


def test_statuses_with_the_same_value_keep_the_order_of_the_list(sign_in, ada, statuses):
    browser = sign_in(ada)
    # The database returns a row last that was saved last.
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.new.pk).update(next_action_prompt="Call")

    def shown(query):
        return [row.pk for row in browser.get(f"{LIST}?{query}").context["table"].data]

    assert shown("sort=leads") == shown("sort=-leads") == shown("")


def test_an_unknown_filter_value_is_named_and_skipped(sign_in, ada):
    answer = sign_in(ada).get(f"{LIST}?kind=nonsense")
    assert answer.status_code == 400
    assert "This filter was ignored." in answer.content.decode()


def test_a_new_status_comes_after_its_category_as_one_operation_with_undo(sign_in, ada, statuses):
    answer = sign_in(ada).post(f"{LIST}/new", new(required_fields=["email", "company"], most_days=90))
    status = Status.objects.get(name="Waiting for budget")
    assert answer["Location"] == f"{LIST}/{status.pk}"
    names = list(Status.objects.in_order().values_list("name", flat=True))
    assert names.index("Waiting for budget") == names.index("Proposal") + 1
    assert set(status.required_fields) == {"email", "company"}
    record = Operation.objects.get(kind="add_status")
    assert record.by == ada
    revert_operation(record, by=ada)
    status.refresh_from_db()
    assert status.retired
    assert [row.name for row in Status.objects.of_leads().active().in_order()][4:] == [
        "Won",
        "Lost",
        "Disqualified",
    ]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "This field is required"),
        ("name", " qualified ", "This name is already in use."),
        ("kind", "dancing", "Select a valid choice"),
        ("hue", "77", "Select a valid choice"),
        ("most_days", "0", "greater than or equal to 1"),
        ("most_days", "4000", "less than or equal to 3650"),
        ("most_days", "soon", "Enter a whole number"),
        ("required_fields", ["password"], "Select a valid choice"),
        ("name", "x" * 61, "at most 60 characters"),
    ],
)
def test_bad_input_is_an_error_on_its_field_stays_in_the_form_and_writes_nothing(
    field, value, says, sign_in, ada
):
    browser = sign_in(ada)
    before = all_tables()
    answer = browser.post(f"{LIST}/new", new(meaning="Money next year") | {field: value})
    assert answer.status_code == 422
    assert says in answer.context["form"].errors[field][0]
    assert "Money next year" in answer.content.decode()
    assert all_tables() == before


def test_an_empty_post_is_a_form_with_errors_not_a_crash(sign_in, ada):
    assert sign_in(ada).post(f"{LIST}/new", {}).status_code == 422


def test_the_name_of_a_retired_status_says_that_it_can_be_activated(sign_in, ada, make_status):
    make_status("Waiting for budget", retired=True)
    answer = sign_in(ada).post(f"{LIST}/new", new())
    assert (
        "A retired item already uses this name. Activate it instead."
        in answer.context["form"].errors["name"][0]
    )


def test_editing_is_recorded_field_by_field_and_shown_in_the_history(sign_in, ada, statuses):
    status = statuses.qualified
    sign_in(ada).post(f"{LIST}/{status.pk}/edit", sent(status, name="Hot", most_days=7))
    record = Operation.objects.get(kind="edit_status")
    assert Change.objects.get(operation=record).fields == {"name": ["Qualified", "Hot"], "most_days": [14, 7]}
    entry = get_row_history(status, "status")[0]
    assert [(field.label, field.old, field.new) for field in entry.fields] == [
        ("Label", "Qualified", "Hot"),
        ("Time limit", "14", "7"),
    ]
    page = sign_in(ada).get(f"{LIST}/{status.pk}").content.decode()
    assert "Edit status Hot" in page
    revert_operation(record, by=ada)
    status.refresh_from_db()
    assert (status.name, status.most_days) == ("Qualified", 14)


def test_saving_without_a_change_leaves_no_operation(sign_in, ada, statuses):
    answer = sign_in(ada).post(f"{LIST}/{statuses.won.pk}/edit", sent(statuses.won), follow=True)
    assert "Nothing was changed." in answer.content.decode()
    assert not Operation.objects.filter(kind="edit_status").exists()


def test_a_shipped_label_is_translated_until_it_is_renamed(statuses, monkeypatch):
    monkeypatch.setattr("leads.models.status.gettext", lambda text: f"[{text}]")
    status = statuses.won
    assert status.label == "[Won]"
    status.name = "Client"
    assert status.label == "Client"
    status.name = "New"
    assert status.label == "New"


def test_the_second_of_two_editors_is_warned_and_may_save_again(sign_in, ada, statuses):
    status = statuses.qualified
    stale = sent(status, meaning="Mine", required_fields=["email", "phone"])
    with operation("edit_status", by=ada):
        Status.objects.filter(pk=status.pk).update(meaning="Theirs")
    answer = sign_in(ada).post(f"{LIST}/{status.pk}/edit", stale)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Ada changed these fields since you opened the page: " in page
    assert "Mine" in page
    assert answer.context["form"]["required_fields"].value() == ["email", "phone"]
    status.refresh_from_db()
    assert status.meaning == "Theirs"
    sign_in(ada).post(f"{LIST}/{status.pk}/edit", stale | {"version": answer.context["form"].data["version"]})
    status.refresh_from_db()
    assert status.meaning == "Mine"
