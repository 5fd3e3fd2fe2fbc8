"""Opt-outs in a file of records: the form that maps its columns leads to the import of the suppression list."""

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.models import Import
from crm.platform.web.rendering.html_building import html


def describe_opt_out_column(imported: Import, heading: str) -> str:
    words = _("“%(column)s” says who doesn’t want emails. It isn’t imported with the records.") % {
        "column": heading
    }
    if not imported.user.has_perm("mailings.add_suppression"):
        more = _("Ask an administrator to import these addresses into the suppression list.")
        return f"{words} {more}"
    return html(
        '{} <a class="link" href="{}">{}</a>',
        words,
        reverse("mailing_settings:suppressed_import"),
        _("Import the file into the suppression list too"),
    )
