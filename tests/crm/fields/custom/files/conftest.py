"""A file field of leads, a lead, and what the form of a record sends."""

import re

import pytest

from crm.models import CustomField, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from tests.crm.work.activities.attaching import upload


def form_of(browser, address):
    """What the form at this address would send unchanged, by name."""
    form = browser.get(address).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", [])}
    return {name: getattr(value, "pk", value) for name, value in sent.items()}


def save(browser, record, **sent):
    """The answer to the form of a record that is sent with these values besides its own."""
    address = f"{record.get_absolute_url()}/edit"
    record.refresh_from_db()
    answer = browser.post(address, form_of(browser, address) | {"version": record.version} | sent)
    if answer.status_code == 302:
        # This page has the message that names what was saved.
        browser.get(answer["Location"])
    return answer


def held(field, record):
    """The stored value of a record."""
    values = type(record).objects.filter(pk=record.pk).values_list("custom_values__values", flat=True).get()
    return (values or {}).get(field.name)


def put(field, record, kept, *, by):
    """Let a record have a stored file, or none."""
    rows = type(record).objects.filter(pk=record.pk)
    return carry_out(KINDS[record.table].edit({field.name: kept}), rows, by=by)


def address_of(field, record, more=""):
    return f"{record.get_absolute_url()}/files/{field.name}{more}"


def unsaved_inputs(answer):
    """The hidden inputs of a page that name uploaded files."""
    return dict(re.findall(r'name="(c\d+-unsaved)" value="([^"]+)"', answer.content.decode()))


def change_definition(field, **values):
    with operation("test", by=None):
        CustomField.objects.filter(pk=field.definition.pk).update(**values)


def undo_last(*, by):
    return revert_operation(Operation.objects.latest("pk"), by=by)


@pytest.fixture
def field(make_field):
    return make_field("Contract", "file")


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


@pytest.fixture
def filled(field, lead, bob, sign_in):
    """The lead with a contract, uploaded by Bob."""
    answer = save(sign_in(bob), lead, **{field.name: upload("contract.pdf")})
    assert answer.status_code == 302
    return lead
