"""A new record, and editing one: when two people edit at once, the second sees both values and chooses."""

from typing import Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.records.change import carry_out
from crm.records.conflicts import as_drawn, crossings
from crm.records.kinds import Kind
from crm.records.reasons import sentence
from crm.records.verbs.add import add
from crm.records.views.of_kind import changeable_record, of_kind, templates
from crm.records.views.record import back_to, saved
from crm.web.ids import number_of


@of_kind("add")
def new(request, kind: Kind):
    form = kind.form(request.POST or None, initial=kind.first_values(request.user), user=request.user)
    if request.method == "POST" and form.is_valid():
        (record,) = add(kind.add(kind.model, [form.values()]), by=request.user)
        messages.success(request, _("%(record)s is added.") % {"record": record})
        return redirect(kind.url("new") if "again" in request.POST else record)
    return draw(request, kind, form)


@of_kind()
def edit(request, kind: Kind, pk):
    record = changeable_record(kind, request.user, pk, lock=request.method == "POST")
    version = sent_version(request, record) or record.version
    form = kind.form(request.POST or None, instance=as_drawn(record, version), user=request.user)
    if request.method == "POST" and form.is_valid():
        changes = {
            name: value
            for name, value in form.changes().items()
            if request.POST.get(f"keep_{name}") != "theirs"
        }
        decided = sent_version(request, record, "decided") or 0
        if crossed := crossings(kind, record, version, changes, decided=decided):
            context = {"kind": kind, "record": record, "crossings": crossed, "posted": posted(request)}
            return render(request, "records/conflict.html", context, status=409)
        return save(request, kind, record, form, changes)
    return draw(request, kind, form, record=record, version=version)


def draw(request, kind: Kind, form: Any, **context):
    status = 422 if form.is_bound else 200
    context |= {"kind": kind, "words": kind.words, "form": form, "cards": cards(kind, form)}
    return render(request, templates(kind, "form.html"), context, status=status)


def save(request, kind: Kind, record: Any, form: Any, changes: dict):
    rows = type(record).objects.present().changeable_by(request.user).filter(pk=record.pk)
    outcome = carry_out(kind.edit(changes), rows, by=request.user) if changes else None
    if outcome and outcome.refused:
        for code in outcome.refused:
            form.add_error(None, sentence(code, kind))
        return draw(request, kind, form, record=record, version=record.version)
    if outcome is None or not outcome.operation:
        messages.info(request, _("Nothing was changed."))
    saved(request, record, outcome)
    return back_to(kind, request.user, record)


def sent_version(request, record: Any, name: str = "version") -> int | None:
    """The version that the form was drawn from; None without a sensible one."""
    version = number_of(request.POST.get(name, ""))
    return None if version is None else min(version, record.version)


def posted(request) -> list[tuple[str, str]]:
    """What was typed, to be sent again with the choice between both values."""
    left_out = {"csrfmiddlewaretoken", "decided"}
    return [
        (name, value) for name, values in request.POST.lists() if name not in left_out for value in values
    ]


def cards(kind: Kind, form: Any) -> list[tuple[str, str, list]]:
    """The fields of the form by card, as fields.FORM has them."""
    return [
        (card, str(kind.cards[card]), [form[name] for name in names])
        for card, names in kind.fields.FORM.items()
    ]
