"""The rules of conversion, in Settings."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import answer
from crm.records.editing.settings_change import one_at_a_time, posted, say
from customers.conversion.rules_form import ConversionRulesForm
from customers.models import ConversionRules


@permission_required("customers.change_conversionrules", raise_exception=True)
@one_at_a_time
def conversion_rules(request):
    form = ConversionRulesForm(posted(request), instance=ConversionRules.current())
    if form.is_bound and form.is_valid():
        say(request, form.write(request.user), _("Saved the rules of conversion."))
        return redirect("conversion:rules")
    return answer(request, "conversion/rules.html", {"form": form}, status=form.status_code)
