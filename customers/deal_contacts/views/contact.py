"""One further contact of a deal: adding, editing and removing it."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.platform.web.responses import render_response
from crm.records.history.verb_execution import Outcome, carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import add_refusals_to_form
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from customers.deal_contacts.forms import DealContactForm
from customers.deal_contacts.verbs import AddDealContact, EditDealContact, RemoveDealContact
from customers.models import DealContact
from customers.related_items.verbs import carry_out_on_items
from customers.related_items.views import get_visible_row, report_outcome

sees_contacts = permission_required("customers.view_contact", raise_exception=True)


@kind_view("change")
@sees_contacts
def add_contact(request, kind: Kind, pk):
    deal = get_changeable_record(kind, request.user, pk)
    form = DealContactForm(request.POST or None, viewer=request.user, deal=deal)
    if request.method == "POST" and form.is_valid():
        rows = kind.model.objects.present().changeable_by(request.user).filter(pk=pk)
        outcome = carry_out(AddDealContact(request.user, form.cleaned_data), rows, by=request.user)
        if not outcome.refused:
            return report_outcome(request, deal, outcome, _("Added the contact."))
        add_refusals_to_form(form, outcome.refused, kind)
    return render_contact_page(request, kind, deal, form)


@kind_view("change")
@sees_contacts
def contact(request, kind: Kind, pk, person):
    deal = get_changeable_record(kind, request.user, pk)
    row = get_visible_row(DealContact, request.user, pk, person)
    form = DealContactForm(request.POST or None, instance=row, viewer=request.user, deal=deal)
    if request.method == "POST" and form.is_valid():
        before = get_visible_row(DealContact, request.user, pk, person)
        if request.POST.get("version") != str(before.version):
            words = _("This contact was changed since you opened the page. Save again to overwrite it.")
            form.add_error(None, words)
            return render_contact_page(request, kind, deal, form, before)
        verb = EditDealContact(form.get_changes(before))
        outcome = carry_out_on_items(verb, [row.pk], by=request.user) if verb.changes else Outcome("deal")
        if not outcome.refused:
            return report_outcome(request, deal, outcome, _("Saved."))
        add_refusals_to_form(form, outcome.refused, kind)
    return render_contact_page(request, kind, deal, form, row)


@kind_view("change")
@sees_contacts
@require_POST
def remove_contact(request, kind: Kind, pk, person):
    deal = get_changeable_record(kind, request.user, pk)
    row = get_visible_row(DealContact, request.user, pk, person)
    outcome = carry_out_on_items(RemoveDealContact(), [row.pk], by=request.user)
    return report_outcome(request, deal, outcome, _("Removed the contact."))


def render_contact_page(
    request, kind: Kind, deal: Any, form: DealContactForm, row: DealContact | None = None
):
    context = {"kind": kind, "record": deal, "form": form, "contact": row}
    return render_response(request, "deal_contacts/form.html", context, status=422 if form.is_bound else 200)
