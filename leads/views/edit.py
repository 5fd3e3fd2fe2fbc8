"""A new lead, and editing one: when two people edit at once, the second sees both values and chooses."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.models import Department
from crm.change import carry_out
from leads import fields
from leads.conflicts import as_drawn, crossings
from leads.forms import LeadForm
from leads.models import Lead, Pipeline, Source, Status
from leads.verbs import Edit
from leads.verbs.add import add
from leads.verbs.reasons import sentence
from leads.views.lead import back_to, changeable_lead, saved


@permission_required(["leads.view_lead", "leads.add_lead"], raise_exception=True)
def new(request):
    form = LeadForm(request.POST or None, initial=first_values(request.user), user=request.user)
    if request.method == "POST" and form.is_valid():
        lead = add(form.values(), by=request.user)
        messages.success(request, _("%(lead)s is added.") % {"lead": lead})
        return redirect("leads:new" if "again" in request.POST else lead)
    context = {"form": form, "cards": cards(form)}
    return render(request, "leads/form.html", context, status=422 if form.is_bound else 200)


def first_values(user) -> dict:
    """What the form of a new lead proposes: oneself, one's first department, its pipeline's first status."""
    department = Department.objects.active().filter(pk__in=user.department_ids[:1]).first()
    pipeline = Pipeline.objects.for_department(department)
    status = Status.objects.active().of_pipeline(pipeline.pk).defaults_first().first() if pipeline else None
    source = Source.objects.active().shipped("other")
    owner = user.pk if department else None
    return {"department": department, "status": status, "owner": owner, "source": source}


@permission_required("leads.view_lead", raise_exception=True)
def edit(request, pk):
    lead = changeable_lead(request.user, pk, lock=request.method == "POST")
    version = sent_version(request, lead)
    drawn = as_drawn(lead, version)
    form = LeadForm(request.POST or None, instance=drawn, user=request.user)
    if request.method == "POST" and form.is_valid():
        changes = {
            name: value
            for name, value in form.changes().items()
            if request.POST.get(f"keep_{name}") != "theirs"
        }
        if crossed := crossings(lead, version, changes, decided=sent_version(request, lead, "decided", 0)):
            context = {"lead": lead, "form": form, "crossings": crossed, "posted": posted(request)}
            return render(request, "leads/conflict.html", context, status=409)
        return save(request, lead, form, changes)
    context = {"form": form, "cards": cards(form), "lead": lead, "version": version}
    return render(request, "leads/form.html", context, status=422 if form.is_bound else 200)


def save(request, lead: Lead, form: LeadForm, changes: dict):
    rows = Lead.objects.present().changeable_by(request.user).filter(pk=lead.pk)
    outcome = carry_out(Edit(changes), rows, by=request.user) if changes else None
    if outcome and outcome.refused:
        for code in outcome.refused:
            form.add_error(None, sentence(code))
        context = {"form": form, "cards": cards(form), "lead": lead, "version": lead.version}
        return render(request, "leads/form.html", context, status=422)
    if outcome is None or not outcome.operation:
        messages.info(request, _("Nothing was changed."))
    saved(request, lead, outcome)
    return back_to(request.user, lead)


def sent_version(request, lead: Lead, name: str = "version", without: int | None = None) -> int:
    """The version that the form was drawn from; without a sensible one `without`, or the present one."""
    text = request.POST.get(name, "")
    if text.isdecimal() and len(text) < 9:
        return min(int(text), lead.version)
    return lead.version if without is None else without


def posted(request) -> list[tuple[str, str]]:
    """What was typed, to be sent again with the choice between both values."""
    left_out = {"csrfmiddlewaretoken", "decided"}
    return [
        (name, value) for name, values in request.POST.lists() if name not in left_out for value in values
    ]


def cards(form: LeadForm) -> list[tuple[str, str, list]]:
    titles = {"who": _("Who"), "where": _("Where"), "stand": _("Where it stands")}
    return [(key, titles[key], [form[name] for name in names]) for key, names in fields.FORM.items()]
