"""Web forms and incoming webhooks, when another status, source or choice takes the place of one that they name."""

from typing import Any

from crm.fields.custom.values.field_registry import get_custom_field
from crm.fields.models.custom_field import is_key
from intake.models import IncomingWebhook, WebForm
from leads.models import Lead

# The settings that a form and a webhook give their leads.
GIVEN = ("status", "source")


def replace_value_in_intake(parameter: str, old: int | str, new: int | str) -> None:
    """Within the operation that merges or deletes it, whose undo reverts the forms and webhooks too."""
    if parameter in GIVEN:
        for model in (WebForm, IncomingWebhook):
            model._default_manager.filter(**{parameter: old}).update(**{f"{parameter}_id": new})
    elif is_key(parameter):
        _rewrite_questions(parameter, str(old), str(new))


def _rewrite_questions(key: str, old: str, new: str) -> None:
    found = get_custom_field(Lead.table, key)
    choices = {choice["key"]: choice["name"] for choice in found.definition.choices} if found else {}
    if old not in choices or new not in choices:
        return
    texts = {old.casefold(), choices[old].casefold()}
    for form in WebForm.objects.all():
        after = [replace_question_choice(row, key, texts, choices[new]) for row in form.questions]
        if after != form.questions:
            WebForm.objects.filter(pk=form.pk).update(questions=after)


def replace_question_choice(question: dict[str, Any], key: str, texts: set[str], new: str) -> dict[str, Any]:
    """A stored question that depends on the answer to a field, or begins with a choice of it. `texts` are how the old choice may
    have been typed, in small letters; `new` is the label of the other one."""
    changed = {}
    if question.get("if_field") == key and question.get("if_value", "").casefold() in texts:
        changed["if_value"] = new
    if question.get("field") == key and question.get("default", "").casefold() in texts:
        changed["default"] = new
    return {**question, **changed}
