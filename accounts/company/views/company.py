"""The company's name, language, clock and currency, in Settings, with its logo below."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.company.forms import CompanyForm
from accounts.company.logo_form import LogoForm
from crm.models import CompanySettings
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message


@permission_required("crm.change_companysettings", raise_exception=True)
@one_at_a_time
def company(request):
    form = CompanyForm(get_posted_data(request), instance=CompanySettings.get_current())
    if form.is_bound and form.is_valid():
        show_change_message(request, form.write(request.user), _("Saved the company settings."))
        return redirect("company")
    context = {"form": form, "logo_form": LogoForm(instance=CompanySettings.get_current())}
    return render(request, "accounts/company.html", context, status=form.status_code)
