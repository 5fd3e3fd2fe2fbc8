"""Whatever is typed into a field does the same in the form of a record and in its place: it stores the same value, leaves the same
change, and gets the same error sentences. The fields are those of the declared forms, so a new one is compared from its first day."""

from dataclasses import dataclass
from typing import Any

import pytest
from django import forms
from django.db import transaction

from crm.fields.custom.values.field_registry import get_all_custom_fields
from crm.models import Change, CustomField, Operation
from crm.records.editing.edit_conflicts import get_record_at_version
from crm.records.editing.inline_editing import get_inline_edit
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS, Kind
from leads.models import Status
from tests.examples import one_in
from tests.hard.filled import Filled

# Only entered while a record is added.
ONLY_WHILE_ADDING = {("request", "text")}
FIELDS = [(table, name) for table, kind in KINDS.items() for name in kind.fields.FORM_FIELDS]
# A formula is entered nowhere, and a file only in the whole form.
CUSTOM_TYPES = [
    (table, value_type)
    for table in KINDS
    for value_type in CustomField.Type.values
    if value_type not in ("formula", "file")
]
# What a small form of its own (Kind.inline) calls the fields of the record.
OWN_NAMES = {"next_action": "text", "next_action_on": "day"}

UNKNOWN = "999999"
TEXTS = ["", "  Two  words ", "a\x00b", "x" * 60_000]
TYPED = [
    (forms.EmailField, ["", " New@Acme.Example ", "nonsense"]),
    (forms.URLField, ["", "new.example", "no address"]),
    (forms.DateTimeField, ["", "24 Dec 2025, 14:30", "24 Dec 2025"]),
    (forms.DateField, ["", "24 Dec 2026", "31.11.2026"]),
    (forms.IntegerField, ["", "7", "-5", "1,250.50", "ten"]),
    (forms.CharField, [*TEXTS, "0722 123 499", "new.example"]),
]


@pytest.fixture
def records(make_lead, make_company, make_contact, make_deal, make_request, bob, make_tag):
    """A record of each type that has values, and a second company, contact and lead to link to."""
    tag, _other = make_tag("Fair"), make_tag("Hot")
    shared = {"owner": bob, "tags": [tag.pk]}
    place = {"city": "Cluj", "country": "RO", "address": "Str. Lungă 3", "zip": "400001", "state": "CJ"}
    ways = {"phone": "0722 123 456", "phone_normal": "+40722123456", "email": "old@acme.example"}
    others = {"phone": "0722 123 457", "phone_normal": "+40722123457", "email": "other@acme.example"}
    make_lead("Vera Voda")
    make_company("Delta")
    make_contact("Emil Enescu")
    plan = {"next_action": "Call", "next_action_on": "2026-12-01"}
    omnia = make_company("Omnia", domain="omnia.example", **place, **shared)
    ana = make_contact(company=omnia, title="Buyer", **others, **shared)
    lead = make_lead(
        "Jan Novák", company="Acme", value=500, description="Old\nlines", **plan, **place, **ways, **shared
    )
    return {
        "lead": lead,
        "company": omnia,
        "contact": ana,
        "deal": make_deal(company=omnia, contact=ana, value=500, expected_close="2026-12-01", **shared),
        "request": make_request(company=omnia, first_name="Ana", **ways, **shared),
    }


def get_inputs(field: Any) -> list[Any]:
    """What people and programs may send for a field: nothing, something right and something wrong."""
    widget = field.widget
    if isinstance(widget, forms.CheckboxInput):
        return [[], "on"]
    offered = [str(getattr(value, "value", value)) for value, _label in getattr(widget, "choices", ())]
    if getattr(widget, "allow_multiple_selected", False):
        return [[], offered[-1:], offered[:2], [UNKNOWN]]
    if offered:
        return list(dict.fromkeys(["", offered[0], offered[len(offered) // 2], offered[-1], UNKNOWN]))
    if isinstance(field, forms.ModelChoiceField):
        return [
            "",
            *(f"#{pk}" for pk in field.queryset.values_list("pk", flat=True)[:2]),
            "#999999",
            "Nowhere",
        ]
    return next((inputs for known, inputs in TYPED if isinstance(field, known)), TEXTS)


@dataclass(frozen=True)
class Result:
    """What an answer said, and what the record and its history are afterwards."""

    status: int
    sentences: list[str]
    stored: dict[str, Any]
    changes: list[tuple[Any, ...]]
    operations: list[Any]


class Editor:
    """Sends what is typed into a field, once in the whole form and once in its place, to the same unchanged record."""

    def __init__(self, browser: Any, kind: Kind, record: Any, name: str, user: Any) -> None:
        self.browser, self.kind, self.record, self.name = browser, kind, record, name
        self.edit: Any = get_inline_edit(kind, name, user)
        self.page = browser.get(f"{record.get_absolute_url()}/edit")
        self.place = browser.get(f"{record.get_absolute_url()}/inline/{name}")

    @property
    def field(self) -> Any:
        return self.page.context["form"].fields[self.name]

    def send_in_form(self, value: Any) -> Result:
        sent = read_form(self.page) | {self.name: value}
        return self._send(f"{self.record.get_absolute_url()}/edit", sent)

    def send_in_place(self, value: Any) -> Result:
        address = f"{self.record.get_absolute_url()}/inline/{self.name}"
        if self.edit.toggle:
            return self._send(address, {"wanted": "on" if value else "off"})
        own = (
            OWN_NAMES.get(self.name, self.name) if self.edit is self.kind.inline.get(self.name) else self.name
        )
        nothing = "none" if self.name == "owner" else value
        return self._send(address, read_form(self.place) | {own: value or nothing})

    def _send(self, address: str, sent: dict[str, Any]) -> Result:
        """The change is rolled back."""
        first = Operation.objects.latest("pk").pk
        with transaction.atomic():
            answer = self.browser.post(address, sent)
            made = Operation.objects.filter(pk__gt=first).order_by("pk")
            changes = Change.objects.filter(operation__in=made).order_by("pk")
            found = Result(
                answer.status_code,
                read_sentences(self.kind, answer),
                self._read_stored(),
                [(each.table, each.fields and each.row, each.kind, each.fields) for each in changes],
                [] if self.edit.asked == () else list(made.values_list("kind", "parameters", "channel")),
            )
            transaction.set_rollback(True)
        return found

    def _read_stored(self) -> dict[str, Any]:
        record = get_record_at_version(self.record, self.record.version + 9)
        names = [
            field.attname for field in (*record._meta.concrete_fields, *get_all_custom_fields(self.kind.name))
        ]
        return {name: getattr(record, name) for name in names if not name.endswith(("_at", "_since"))}


def read_form(page: Any) -> dict[str, Any]:
    assert page.status_code == 200
    return next(form for form in Filled(page.text).forms.values() if "version" in form)


def read_sentences(kind: Kind, answer: Any) -> list[str]:
    """The error sentences of an answer, without the names of the fields that they stand at."""
    if answer.status_code != 422:
        return []
    return sorted(
        str(sentence) for sentences in answer.context["form"].errors.values() for sentence in sentences
    )


def check(editor: Editor) -> None:
    results = set()
    for value in get_inputs(editor.field):
        whole, part = editor.send_in_form(value), editor.send_in_place(value)
        assert part == whole, value
        results.add((whole.status, bool(whole.changes)))
    # Without a change, nothing was compared.
    assert (302, True) in results


@pytest.mark.parametrize(
    ("table", "name"), one_in(7, (pair for pair in FIELDS if pair not in ONLY_WHILE_ADDING))
)
def test_a_field_does_the_same_in_the_form_and_in_its_place(table, name, records, ann, reasons, sign_in):
    record, kind = records[table], KINDS[table]
    if name in kind.fields.SOMETIMES:
        lost = Status.objects.get(pipeline_id=record.status.pipeline_id, kind="lost")
        carry_out(
            kind.edit({"status": lost, "lost_reason": reasons.budget}), kind.model.objects.present(), by=ann
        )
    elif name == "department":
        # An owner stays in their own.
        carry_out(kind.edit({"owner": None}), kind.model.objects.present(), by=ann)
    record.refresh_from_db()
    check(Editor(sign_in(ann), kind, record, name, ann))


@pytest.mark.parametrize(("table", "value_type"), one_in(7, CUSTOM_TYPES))
def test_a_custom_field_does_the_same_in_the_form_and_in_its_place(
    table, value_type, records, ann, make_field, sign_in
):
    choices = ["First", "Second", "Third"] if value_type.startswith("choice") else ()
    field = make_field("Machine", value_type, of=table, choices=choices)
    check(Editor(sign_in(ann), KINDS[table], records[table], field.name, ann))


@pytest.mark.parametrize(("table", "name"), ONLY_WHILE_ADDING)
def test_what_is_only_entered_while_adding_is_edited_nowhere(table, name, records, ann, sign_in):
    assert get_inline_edit(KINDS[table], name, ann) is None
    page = sign_in(ann).get(f"{records[table].get_absolute_url()}/edit")
    assert page.context["form"].fields[name].disabled
