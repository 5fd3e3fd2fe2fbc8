"""The exchange rates by currency and day, and the leads without one."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.platform.configuration.company import get_company_currency
from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time
from leads.models import Rate
from leads.settings.exchange_rates import get_currencies_with_rates, get_missing_rates, start_recompute_job
from leads.settings.forms.exchange_rates import RateForm

changing = permission_required("leads.change_rate", raise_exception=True)


@changing
@one_at_a_time
def rates(request):
    """POST adds a rate."""
    form = RateForm(get_posted_data(request), initial={"currency": request.GET.get("currency", "")})
    if form.is_bound and form.is_valid():
        form.write(request.user)
        return start_update_and_redirect(request, form.instance.currency, _("Exchange rate added."))
    context = {
        "form": form,
        "currencies": get_currencies_with_rates(),
        "missing": get_missing_rates(request.user),
        "base": get_company_currency(),
    }
    return render_response(
        request, "leads/settings/rates.html", context, status=422 if form.is_bound else 200
    )


@changing
@one_at_a_time
def rate_edit(request, pk):
    rate = get_object_or_404(Rate.objects.changeable(), pk=pk)
    form = RateForm(get_posted_data(request), instance=rate)
    if form.is_bound and form.is_valid():
        form.write(request.user)
        return start_update_and_redirect(request, rate.currency, _("Exchange rate changed."))
    context = {"form": form, "rate": rate, "base": get_company_currency()}
    return render_response(request, "leads/settings/rate.html", context, status=422 if form.is_bound else 200)


@changing
@require_POST
@one_at_a_time
def rate_remove(request, pk):
    rate = get_object_or_404(Rate.objects.changeable(), pk=pk)
    RateForm(instance=rate).remove(request.user)
    return start_update_and_redirect(request, rate.currency, _("Exchange rate deleted."))


def start_update_and_redirect(request, currency: str, done: str):
    """Start updating the values of leads and deals in the background."""
    job = start_recompute_job(currency, request.user)
    follows = _("Values of leads and deals in %(currency)s will update in a moment.") % {"currency": currency}
    messages.success(request, f"{done} {follows}" if job else done)
    return redirect("leads:rates")
