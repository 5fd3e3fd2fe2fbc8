"""The steps of the checklist "Set up Leadwell" about the company, its people, and what keeps them safe."""

from django.utils.translation import gettext_lazy as _

from accounts.models import IdentityProvider, Role, User
from crm.platform.backup.last_backup import get_last_backup_time
from crm.platform.configuration.company import get_company_settings
from crm.platform.web.start_page.setup_steps import SetupPage, SetupStep

STEPS = (
    SetupStep(
        10,
        "company",
        _("Name your company"),
        _("Its name is in the menu, on the sign-in page and in emails."),
        [SetupPage(_("Company"), "company", "crm.change_companysettings")],
        lambda: bool(get_company_settings().name),
    ),
    SetupStep(
        20,
        "people",
        _("Invite your colleagues"),
        _("Each gets an email with a link, a role and a department."),
        [
            SetupPage(_("New user"), "user_new", "accounts.add_user"),
            SetupPage(_("Departments"), "departments", "accounts.view_department"),
            SetupPage(_("Working time"), "calendar", "accounts.view_department"),
        ],
        lambda: User.objects.active()[:2].count() > 1,
    ),
    SetupStep(
        50,
        "sign_in",
        _("Decide how users sign in"),
        _("Require two-step verification for a role, or connect an identity provider."),
        [
            SetupPage(_("Roles"), "roles", "accounts.change_role"),
            SetupPage(_("Single sign-on"), "sign_on", "accounts.change_identityprovider"),
        ],
        lambda: Role.objects.requiring_second_factor().exists() or IdentityProvider.objects.exists(),
    ),
    SetupStep(
        60,
        "backups",
        _("Make a first backup"),
        _("Schedule one on the server. Today → Health says when the last one was made."),
        [SetupPage(_("Health"), "today", "crm.view_auditentry", "#part-health")],
        lambda: get_last_backup_time() is not None,
    ),
)
