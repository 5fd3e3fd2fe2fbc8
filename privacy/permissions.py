"""The permissions for privacy, for the role editor. Only administrators have them in a new installation."""

from django.utils.translation import gettext_lazy as _

from accounts.roles.permissions import PermissionRow

VIEW_PERMISSION = "privacy.view_person_data"
ERASE_PERMISSION = "privacy.erase_person"
RETENTION_PERMISSION = "privacy.change_retentionrule"
PROCESSING_PERMISSION = "privacy.view_processingtexts"
CHANGE_PROCESSING = "privacy.change_processingtexts"
ROWS = [
    PermissionRow(
        _("Privacy"),
        "privacy",
        "erasure",
        standard=(),
        special=[
            (VIEW_PERMISSION, _("see all that is stored about a person")),
            (ERASE_PERMISSION, _("erase a person")),
        ],
        hint=_("Both cover the records of all departments."),
    ),
    PermissionRow(
        _("Retention"),
        "privacy",
        "retentionrule",
        standard=("change",),
        hint=_(
            "After how long leads, logs and files are deleted. Choosing that persons are erased also requires “erase a person”."
        ),
    ),
    PermissionRow(
        _("Record of processing"),
        "privacy",
        "processingtexts",
        standard=("view", "change"),
        hint=_("Article 30 of the GDPR; change covers its texts."),
    ),
]
