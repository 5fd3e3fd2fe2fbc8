"""What a token may do with leads, and the permission that its user needs for each."""

from django.utils.translation import gettext_lazy as _

from crm.api.token_scopes import TokenResource
from leads.settings.api.amounts import COSTS, RATES
from leads.settings.api.row_list import SETTINGS

SEES = "leads.view_lead"
LEAD_RESOURCES = [
    TokenResource(
        "leads",
        _("Leads"),
        {
            "get": SEES,
            "search": SEES,
            "post": "leads.add_lead",
            "put": "leads.change_lead",
            "delete": "leads.delete_lead",
        },
        SEES,
    ),
    # Which records they belong to is up to the user's scope.
    TokenResource(
        "activities",
        _("Activities"),
        {"get": SEES, "search": SEES, **dict.fromkeys(("post", "put", "delete"), "leads.change_lead")},
        SEES,
    ),
    # A right of its own, so that no token of before sends emails.
    TokenResource(
        "emails",
        _("Emails"),
        {"get": SEES, "post": "leads.change_lead"},
        SEES,
        hint=_("Add covers sending emails in the name of the user."),
    ),
    # Users may change the tasks that are for them without the permission to change the record.
    TokenResource("tasks", _("Tasks"), dict.fromkeys(("get", "post", "put", "delete"), SEES), SEES),
    # Users who see leads see the names of statuses and sources on every screen.
    TokenResource(
        "lead_statuses",
        _("Statuses"),
        {
            "get": SEES,
            "post": "leads.add_status",
            "put": "leads.change_status",
            "delete": "leads.delete_status",
        },
        SEES,
        hint=_("Add, change and delete are for CRM Connect only. For API v2, there is “Lists in Settings”."),
    ),
    TokenResource(
        "lead_sources",
        _("Sources"),
        {
            "get": SEES,
            "post": "leads.add_source",
            "put": "leads.change_source",
            "delete": "leads.delete_source",
        },
        SEES,
        hint=_("Add, change and delete are for CRM Connect only. For API v2, there is “Lists in Settings”."),
    ),
    # Users who see leads also see the names of visible colleagues, departments, and tags.
    TokenResource("users", _("Users"), {"get": SEES}, SEES),
    TokenResource("departments", _("Departments"), {"get": SEES}, SEES),
    TokenResource("tags", _("Tags"), {"get": SEES}, SEES),
    # A right of its own, so that no token of before reads the calendars of colleagues. Whose is up to whom the user sees.
    TokenResource(
        "busy_times",
        _("Free and busy times"),
        {"get": SEES},
        SEES,
        hint=_("When colleagues are busy, without titles."),
    ),
    # Whose, and whether they may be changed, is up to the permissions of the user.
    TokenResource(
        "working_time",
        _("Working time"),
        dict.fromkeys(("get", "post", "put", "delete"), SEES),
        SEES,
        hint=_("Working hours, holidays and absences, as far as the user may change them."),
    ),
    SETTINGS,
    RATES,
    COSTS,
    TokenResource(
        "custom_fields",
        _("Custom fields"),
        {
            "get": "crm.change_customfield",
            "post": "crm.add_customfield",
            "put": "crm.change_customfield",
            "delete": "crm.delete_customfield",
        },
        SEES,
        hint=_("Covers their settings. Their values belong to the records."),
    ),
    # The calls of /api/v2: reading operations and jobs, and undoing.
    TokenResource(
        "operations",
        _("Changes"),
        {"get": SEES, "post": SEES},
        SEES,
        hint=_("Add covers undoing changes."),
    ),
    # Of which record types is up to the permissions of the user.
    TokenResource(
        "saved_views", _("Saved views"), dict.fromkeys(("get", "post", "put", "delete"), SEES), SEES
    ),
    # Which of the shared ones may be changed is up to the permissions of the user.
    TokenResource("templates", _("Templates"), dict.fromkeys(("get", "post", "put", "delete"), SEES), SEES),
    TokenResource("webhooks", _("Webhooks"), dict.fromkeys(("get", "post", "put", "delete"), SEES), SEES),
]
