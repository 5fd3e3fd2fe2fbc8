"""The permissions that mean something in the product, as the grid of a role shows them; and who holds enough.

They are Django's own; this list says which of them the screens ask for, in which order and in which words.
"""

from dataclasses import dataclass, field

from django.contrib.auth.models import Permission
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# The scope of leads that a role sees, the narrowest first; each holds those before it.
SCOPES: list[tuple[str, str | Promise]] = [
    ("leads.see_own", _("own leads")),
    ("leads.see_unassigned", _("own leads and the unassigned of own departments")),
    ("leads.see_departments", _("the leads of own departments")),
    ("leads.see_all", _("the leads of all departments")),
]
SCOPE_NAMES = [name for name, _label in SCOPES]

COLUMNS: list[tuple[str, str | Promise]] = [
    ("view", _("see")),
    ("add", _("add")),
    ("change", _("change")),
    ("delete", _("remove")),
]
EVERY = ("view", "add", "change", "delete")


@dataclass(frozen=True)
class Row:
    """A row of the grid: a thing, which of the four standard rights it has, and what else can be done with it."""

    label: str | Promise
    app: str
    model: str
    standard: tuple[str, ...] = EVERY
    special: list[tuple[str, str | Promise]] = field(default_factory=list)
    hint: str | Promise = ""

    def name(self, action: str) -> str:
        return f"{self.app}.{action}_{self.model}"

    @property
    def names(self) -> list[str]:
        return [self.name(action) for action in self.standard] + [name for name, _label in self.special]


# A row comes with the screen that asks for it.
GRID = [
    Row(
        _("Leads"),
        "leads",
        "lead",
        special=[
            ("leads.take_lead", _("take an unassigned lead")),
            ("leads.assign_lead", _("assign, change department")),
            ("leads.bulk_lead", _("change many at once")),
            ("leads.import_lead", pgettext_lazy("may", "import")),
            ("leads.export_lead", pgettext_lazy("may", "export")),
            ("leads.share_view", _("share saved views")),
            ("leads.purge_lead", _("remove for good")),
        ],
        hint=_("Remove puts a lead into the bin."),
    ),
    Row(_("Statuses"), "leads", "status"),
    Row(_("Pipelines"), "leads", "pipeline"),
    Row(_("Sources"), "leads", "source"),
    Row(_("Tags"), "leads", "tag"),
    Row(_("Lost reasons"), "leads", "lostreason", standard=("view", "add", "change")),
    Row(_("Exchange rates"), "leads", "rate", standard=("change",)),
    Row(_("Imports"), "leads", "import", standard=("view",), hint=_("Those of everybody; own ones always.")),
    Row(
        _("Exports"),
        "leads",
        "export",
        standard=("view",),
        special=[("leads.approve_export", _("approve large ones"))],
        hint=_("Those of everybody; own ones always."),
    ),
    Row(
        _("Users"),
        "accounts",
        "user",
        hint=_("Remove deactivates a user and hands their leads over, and back."),
    ),
    Row(_("Departments"), "accounts", "department", hint=_("Remove retires a department.")),
    Row(_("Roles"), "accounts", "role", hint=_("Remove retires a role.")),
    Row(
        _("API tokens"),
        "accounts",
        "token",
        hint=_("Those of people whom one may change. Change gives a new secret, remove revokes."),
    ),
    Row(
        _("Webhooks"),
        "crm",
        "webhook",
        hint=_("Those of people whom one may change. Change gives a new secret and sends again."),
    ),
]
OFFERED = [name for row in GRID for name in row.names]


def named(names) -> QuerySet[Permission]:
    """The Permission rows of "app.codename" names."""
    full_name = Concat("content_type__app_label", Value("."), "codename")
    return Permission.objects.annotate(full_name=full_name).filter(full_name__in=list(names))


def beyond(user) -> QuerySet[Permission]:
    """The permissions that the user does not hold, and so may not hand on."""
    return Permission.objects.exclude(pk__in=named(user.rights).values("pk"))


def with_narrower_scopes(names: set[str]) -> set[str]:
    """Who sees the leads of all departments holds the right to see those of their own, and so on."""
    widest = max((SCOPE_NAMES.index(name) for name in names if name in SCOPE_NAMES), default=-1)
    return names | set(SCOPE_NAMES[: widest + 1])
