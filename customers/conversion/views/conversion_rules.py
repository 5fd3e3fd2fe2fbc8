"""The rules of conversion, in Settings."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from customers.conversion.rules_form import ConversionRulesForm
from customers.models import ConversionRules


@permission_required("customers.change_conversionrules", raise_exception=True)
@one_at_a_time
def conversion_rules(request):
    form = ConversionRulesForm(get_posted_data(request), instance=ConversionRules.get_current())
    if form.is_bound and form.is_valid():
        show_change_message(request, form.write(request.user), _("Saved the rules of conversion."))
        return redirect("conversion:rules")
    return render_response(request, "conversion/rules.html", {"form": form}, status=form.status_code)
