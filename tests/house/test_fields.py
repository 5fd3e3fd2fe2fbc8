"""Every field of a lead has a place: in a list of leads/fields.py, or in HIDDEN with the reason."""

from leads import fields
from leads.models import Lead


def test_every_field_of_a_lead_is_in_some_list_or_hidden_with_a_reason():
    lists = [fields.FORM_FIELDS, fields.LIST, fields.FILTER, fields.FACTS, fields.EXCEL, fields.CONTRACT]
    decided = {name for names in lists for name in names} | set(fields.HIDDEN)
    columns = {field.name for field in Lead._meta.local_concrete_fields}
    assert {name for name in columns if name not in decided} == set()
    assert all(len(reason) > 8 for reason in fields.HIDDEN.values())


def test_the_lists_name_only_existing_fields():
    columns = {field.name for field in Lead._meta.local_concrete_fields}
    shown = columns | {"name", "newsletter", "time_in_status"}
    assert set(fields.FORM_FIELDS) <= columns
    assert set(fields.CONTRACT) <= columns
    assert set(fields.LIST) <= shown
    assert set(fields.FACTS) <= shown
    assert set(fields.EXCEL) <= shown
    assert set(fields.HIDDEN) <= columns
    assert set(fields.LIST_AT_FIRST) <= set(fields.LIST)
    assert set(fields.INLINE) <= columns


def test_hidden_fields_are_in_no_form_and_no_column():
    assert not set(fields.HIDDEN) & (set(fields.FORM_FIELDS) | set(fields.LIST) | set(fields.FACTS))
