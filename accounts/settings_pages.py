"""The pages of the settings by group: what each one decides, where that shows, and what else people call it. The apps add theirs."""

from typing import NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.platform.text.text_folding import fold_text


class ShownOn(NamedTuple):
    """A page where people meet what a settings page decides; `permission` is what that page requires."""

    label: str | Promise
    url: str
    permission: str = ""
    arguments: tuple[str, ...] = ()


class SettingsPage(NamedTuple):
    """A page: its name, its URL name, the permission that its entry requires, and its icon in the navigation.

    A page of the settings also has `purpose`, a sentence about what it decides, and `other_names`, what people call it elsewhere,
    separated by commas; each language has its own.
    """

    label: str | Promise
    url: str
    permission: str
    icon: str = ""
    purpose: str | Promise = ""
    other_names: str | Promise = ""
    shown_on: ShownOn | None = None


def get_all_names(page: SettingsPage) -> str:
    """The label and the other names in every language, folded: people look for "stages" in a Romanian page too."""
    names = []
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            names.append(f"{page.label}, {page.other_names}")
    return fold_text(", ".join(names))


LEADS = ShownOn(_("Leads"), "leads:list", "leads.view_lead")
USERS = ShownOn(_("Users"), "users", "accounts.view_user")

# Pages of the apps beside the lists of records.
RAIL: list[SettingsPage] = []
# Pages that the apps add to the profile, for every user.
PROFILE: list[SettingsPage] = []
COMPANY = [
    SettingsPage(
        _("Company"),
        "company",
        "crm.change_companysettings",
        purpose=_(
            "The name, the logo and the base currency of your company, and the language and time zone of those who chose none."
        ),
        other_names=_(
            "organization, company name, default language, locale, currency, general, preferences, branding"
        ),
        shown_on=ShownOn(_("Today"), "today"),
    ),
    SettingsPage(
        _("Set up Leadwell"),
        "setup",
        "crm.change_companysettings",
        purpose=_("What a new installation needs, step by step. Each step says whether it’s done."),
        other_names=_("onboarding, getting started, first steps, checklist, wizard"),
        shown_on=ShownOn(_("Today"), "today"),
    ),
]
# The apps add theirs to the group of sales.
PEOPLE = [
    SettingsPage(
        _("Users"),
        "users",
        "accounts.view_user",
        purpose=_(
            "Users sign in with their email. Roles define what they can do, and departments define whose leads they can view."
        ),
        other_names=_("people, members, staff, employees, colleagues, accounts, seats, invite, invitations"),
        shown_on=LEADS,
    ),
    SettingsPage(
        _("Invitations"),
        "invitations",
        "accounts.add_user",
        purpose=_("Invite many people at once, and see who hasn’t signed in yet."),
        other_names=_("invite, onboarding, pending users, resend, add people, new colleagues"),
        shown_on=USERS,
    ),
    SettingsPage(
        _("Roles"),
        "roles",
        "accounts.view_role",
        purpose=_(
            "A role defines which records users can view and what they can do. A user with several roles can do everything that any of "
            "them allows."
        ),
        other_names=_("permissions, rights, access, profiles, permission sets"),
        shown_on=USERS,
    ),
    SettingsPage(
        _("Departments"),
        "departments",
        "accounts.view_department",
        purpose=_("Every record belongs to a department, and so do the users who work on it."),
        other_names=_("teams, groups, units, branches, offices, divisions, regions"),
        shown_on=USERS,
    ),
    SettingsPage(
        _("Working time"),
        "calendar",
        "accounts.view_department",
        purpose=_(
            "Working hours and holidays decide when reminders arrive and when a first contact is due. The reminders of a user who is "
            "away go to the substitute."
        ),
        other_names=_("holidays, business hours, office hours, vacation, days off, work schedule"),
        shown_on=ShownOn(_("Calendar"), "task_calendar", "leads.view_lead"),
    ),
]
SALES = [
    SettingsPage(
        _("Templates"),
        "templates",
        "crm.change_template",
        purpose=_("Start a note or an email with a text that you use often."),
        other_names=_("email templates, snippets, canned responses, saved replies, quick texts"),
        shown_on=LEADS,
    )
]
# What Leadwell does by itself, and in which order.
RULES: list[SettingsPage] = []
PROGRAMS = [
    SettingsPage(
        _("API"),
        "tokens",
        "crm.view_token",
        purpose=_(
            "A program uses a token to call the API on behalf of a user, and can never do more than that user."
        ),
        other_names=_(
            "tokens, API keys, access keys, integrations, developers, REST, SCIM, Zapier, assistants, AI, MCP"
        ),
        shown_on=ShownOn(_("API documentation"), "api_docs"),
    ),
    SettingsPage(
        _("Webhooks"),
        "webhooks",
        "crm.view_webhook",
        purpose=_(
            "A webhook notifies an address of every change that its user can view, as soon as the change is made."
        ),
        other_names=_("outgoing webhooks, callbacks, events, integrations, automation, Zapier, Make"),
        shown_on=ShownOn(_("Changes"), "operations", "leads.view_lead"),
    ),
]
SECURITY = [
    SettingsPage(
        _("Single sign-on"),
        "sign_on",
        "accounts.change_identityprovider",
        purpose=_(
            "Users sign in with their account at Google, Microsoft, Keycloak or another OpenID Connect provider."
        ),
        other_names=_(
            "SSO, OpenID Connect, OIDC, login, identity provider, Entra, Azure AD, Okta, Google, Microsoft"
        ),
        shown_on=USERS,
    ),
    SettingsPage(
        _("Audit log"),
        "audit",
        "crm.view_auditentry",
        purpose=_(
            "Who signed in, was denied access, changed permissions, exported, viewed or searched. Entries can’t be changed."
        ),
        other_names=_("history, security log, audit trail, access log, who did what, failed sign-ins"),
    ),
    SettingsPage(
        _("Backups"),
        "backups",
        "crm.view_backups",
        purpose=_(
            "When the last backup was made, where backups are, and how to restore one. Make one before large changes."
        ),
        other_names=_("restore, dump, snapshot, recovery, safety copy, database copy, data loss"),
        shown_on=ShownOn(_("Today"), "today", "crm.view_auditentry"),
    ),
]
SETTINGS: dict[str | Promise, list[SettingsPage]] = {
    _("Company"): COMPANY,
    _("People"): PEOPLE,
    _("Sales"): SALES,
    _("Rules"): RULES,
    _("Programs"): PROGRAMS,
    _("Security"): SECURITY,
}
# What can be added in Settings: only the palette names these.
ADD_PAGES = [
    SettingsPage(_("New user"), "user_new", "accounts.add_user"),
    SettingsPage(_("Invite people"), "invite", "accounts.add_user"),
    SettingsPage(_("New role"), "role_new", "accounts.add_role"),
    SettingsPage(_("New department"), "department_new", "accounts.add_department"),
    SettingsPage(_("New template"), "template_new", "crm.change_template"),
    SettingsPage(_("New identity provider"), "sign_on_provider_new", "accounts.add_identityprovider"),
    SettingsPage(_("New token"), "token_new", "crm.add_token"),
    SettingsPage(_("New webhook"), "webhook_new", "crm.add_webhook"),
]
