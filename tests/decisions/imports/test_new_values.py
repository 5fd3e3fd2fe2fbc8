"""The source, status or tag that an import creates for an unknown text, or finds, because a colleague has created it since; and the
source that new leads have otherwise."""

from types import SimpleNamespace
from typing import Any

import pytest

from crm.models import Tag
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.apply.choice_creation import find_or_create_value
from leads.imports.lead_import import LeadImport
from leads.models import Source, Status

pytestmark = pytest.mark.django_db
RULES: Any = SimpleNamespace(purpose="leads")
MAKERS = {
    "a source": (LeadImport.makers["source"], Source),
    "a status": (LeadImport.makers["status"], Status),
    "a tag": (LeadImport.makers["tags"], Tag),
}
LONG = "Fair of agricultural machines and tractors in Bucharest, autumn 2026"
# The name of the one that is there, whether it is retired, the text of the file, and the name of the one that it becomes. Without
# a name that is there, a new one is created.
TEXTS = {
    "an unknown text": ("", False, "Fair", "Fair"),
    "a known one": ("Fair", False, "Fair", "Fair"),
    "a known one in another spelling": ("Fair", False, "FÁIR", "Fair"),
    "a retired one is used again": ("Fair", True, "Fair", "Fair"),
    "another one is no match": ("Fair", False, "Fair 2", "Fair 2"),
    "a long text is cut": ("", False, LONG, LONG[:60]),
    "a long text that was cut before": (LONG[:60], False, LONG, LONG[:60]),
}


@pytest.mark.parametrize(("make", "model"), MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize(("there", "is_retired", "text", "name"), TEXTS.values(), ids=TEXTS)
def test_which_value_a_text_becomes(there, is_retired, text, name, make, model, statuses):
    pipeline: dict[str, Any] = {}
    if model is Status:
        pipeline = {"pipeline": statuses.new.pipeline, "kind": "contacted"}
    with operation("test", by=None):
        known = model.objects.create(name=there, retired=is_retired, **pipeline) if there else None
        made = model.objects.get(pk=find_or_create_value(make, text, RULES, {}))
    assert (made.name, made.retired) == (name, False)
    assert (made == known) is (there == name)
    if model is Source and not known:
        assert made.kind == Source.Kind.OTHER


# Which sources there are, the shipped one for the others first; and the one that new leads of a file get unless the user says otherwise.
FIRST = {
    "the one for all others": (["Other", "Fair", "Ads"], [], "Other"),
    "whatever it is called": (["Rest", "Fair", "Ads"], [], "Rest"),
    "without it, the first one by name": (["Other", "Fair", "Ads"], ["Other"], "Ads"),
    "no retired one": (["Other", "Fair", "Ads"], ["Other", "Ads"], "Fair"),
    "none at all": (["Other"], ["Other"], None),
}


@pytest.mark.parametrize(("names", "retired", "first"), FIRST.values(), ids=FIRST)
def test_the_source_of_new_leads_unless_the_user_says_otherwise(names, retired, first, ann):
    with operation("test", by=None):
        Source.objects.exclude(key="other").update(retired=True)
        Source.objects.filter(key="other").update(name=names[0], retired=names[0] in retired)
        Source.objects.bulk_create(Source(name=name, retired=name in retired) for name in names[1:])
    found = LeadImport(KINDS["lead"], ann).get_first_defaults()["source"]
    assert found == (Source.objects.get(name=first).pk if first else None)
