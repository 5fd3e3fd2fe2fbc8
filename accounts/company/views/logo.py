"""The company's logo, below the company's name in Settings: choosing a file, and removing the logo."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.company.forms import CompanyForm
from accounts.company.logo_form import LogoForm, change_logo
from crm.models import CompanySettings
from crm.platform.web.start_page.setup_steps import RIGHT
from crm.records.editing.settings_change import one_at_a_time, show_change_message


@permission_required(RIGHT, raise_exception=True)
@require_POST
@one_at_a_time
def logo(request):
    form = LogoForm(request.POST, request.FILES, instance=CompanySettings.get_current())
    if form.is_valid():
        show_change_message(request, form.write(request.user), _("Saved the logo."))
        return redirect("company")
    context = {"form": CompanyForm(instance=CompanySettings.get_current()), "logo_form": form}
    return render(request, "accounts/company.html", context, status=form.status_code)


@permission_required(RIGHT, raise_exception=True)
@require_POST
@one_at_a_time
def logo_removal(request):
    show_change_message(request, change_logo("", by=request.user), _("Removed the logo."))
    return redirect("company")
