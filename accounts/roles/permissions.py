"""The permissions used in the product, as shown in the grid of a role; and comparing what users have.

They are Django's own; this list defines which ones the screens show, in which order, and with which labels.
"""

from dataclasses import dataclass, field

from django.contrib.auth.models import Permission
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The scopes of records that a role can see, narrowest first; each includes those before it.
SCOPE_LABELS: list[tuple[str, str | Promise]] = [
    ("accounts.see_own", _("own records")),
    ("accounts.see_unassigned", _("own records and unassigned records in own departments")),
    ("accounts.see_departments", _("records in own departments")),
    ("accounts.see_all", _("records in all departments")),
]
SCOPE_NAMES = [name for name, _label in SCOPE_LABELS]

PERMISSION_COLUMNS: list[tuple[str, str | Promise]] = [
    ("view", _("view")),
    ("add", _("add")),
    ("change", _("change")),
    ("delete", _("delete")),
]
EVERY = ("view", "add", "change", "delete")


@dataclass(frozen=True)
class PermissionRow:
    """A row of the grid: a label, which of the four standard permissions it has, and its other permissions."""

    label: str | Promise
    app: str
    model: str
    standard: tuple[str, ...] = EVERY
    special: list[tuple[str, str | Promise]] = field(default_factory=list)
    hint: str | Promise = ""

    def get_permission_name(self, action: str) -> str:
        return f"{self.app}.{action}_{self.model}"

    @property
    def names(self) -> list[str]:
        return [self.get_permission_name(action) for action in self.standard] + [
            name for name, _label in self.special
        ]


# The rows that the other apps contribute; a row comes with the screen that checks it.
ROWS: list[PermissionRow] = []
OWN_ROWS = [
    PermissionRow(
        _("Activities"),
        "crm",
        "activity",
        standard=("change",),
        hint=_("Activities of other users, also deleting them. Users can always change their own."),
    ),
    PermissionRow(
        _("Templates"),
        "crm",
        "template",
        standard=("change",),
        hint=_("Shared templates, also adding and deleting them. Users can always change their own."),
    ),
    PermissionRow(_("Tags"), "crm", "tag"),
    PermissionRow(
        _("Custom fields"),
        "crm",
        "customfield",
        hint=_("Change covers the choices of a field. Delete also deletes its values."),
    ),
    PermissionRow(
        _("Imports"),
        "crm",
        "import",
        standard=("view",),
        hint=_("Access to other users’ items. Users can always view their own."),
    ),
    PermissionRow(
        _("Exports"),
        "crm",
        "export",
        standard=("view",),
        special=[("crm.approve_export", _("approve large exports"))],
        hint=_("Access to other users’ items. Users can always view their own."),
    ),
    PermissionRow(
        _("Users"),
        "accounts",
        "user",
        hint=_("Delete covers deactivating and reactivating users and reassigning their records."),
    ),
    PermissionRow(
        _("Company settings"),
        "crm",
        "companysettings",
        standard=("change",),
        hint=_(
            "Name, logo, language, time zone, base currency and emails of sequences a day. Also the setup checklist and removing "
            "the demo."
        ),
    ),
    PermissionRow(_("Departments"), "accounts", "department", hint=_("Delete retires a department.")),
    PermissionRow(_("Roles"), "accounts", "role", hint=_("Delete retires a role.")),
    PermissionRow(
        _("API tokens"),
        "crm",
        "token",
        hint=_(
            "Only tokens of users they can change. Change creates a new secret, Delete revokes the token."
        ),
    ),
    PermissionRow(
        _("Webhooks"),
        "crm",
        "webhook",
        hint=_(
            "Only webhooks of users they can change. Change covers creating a new secret "
            "and resending deliveries."
        ),
    ),
    PermissionRow(
        _("Audit log"),
        "crm",
        "auditentry",
        standard=("view",),
        hint=_("What users did, viewed and searched for, and sign-ins. Also exporting it."),
    ),
]


def get_permission_rows() -> list[PermissionRow]:
    """All rows, those of the records first."""
    return [*ROWS, *OWN_ROWS]


def get_grantable_permissions() -> list[str]:
    """The permissions that the grid can grant."""
    return [name for row in get_permission_rows() for name in row.names]


def permissions_queryset(names) -> QuerySet[Permission]:
    """The Permission rows of "app.codename" names."""
    full_name = Concat("content_type__app_label", Value("."), "codename")
    return Permission.objects.annotate(full_name=full_name).filter(full_name__in=list(names))


def ungrantable_permissions_queryset(user) -> QuerySet[Permission]:
    """The permissions that the user doesn't have, and so can't grant."""
    return Permission.objects.exclude(pk__in=permissions_queryset(user.rights).values("pk"))


def add_narrower_scopes(names: set[str]) -> set[str]:
    """Users who see the leads of all departments also see those of their own, and so on."""
    widest = max((SCOPE_NAMES.index(name) for name in names if name in SCOPE_NAMES), default=-1)
    return names | set(SCOPE_NAMES[: widest + 1])
