"""What the README says to open for a change, as edits of a copy: for each file, before which text a new one is inserted."""

Edits = dict[str, list[tuple[str, str]]]

FIELD: Edits = {
    "leads/models/lead.py": [
        ("    email = EmailField(", '    industry = TextField(_("industry"), max_length=100, blank=True)\n')
    ],
    "leads/fields.py": [
        ('        "title",\n        "email",', '        "industry",\n'),  # FORM
        ('    "email",\n    "company",\n    "status",\n    "time_in_status"', '    "industry",\n'),  # LIST
        ('    "company", "email", "second_email", "title", "city"', '    "industry",\n'),  # SORT
        ('    "first_name", "last_name", "company"', '    "industry",\n'),  # SEARCH
        (
            '    "email",\n    "second_email",\n    "phone",\n    "mobile",\n    "website",\n    "owner"',
            '    "industry",\n',
        ),
        ('    "company",\n    "email",\n    "second_email",\n    "phone"', '    "industry",\n'),  # EXCEL
        ('    "shared", "created", "contacted"', '    "steel",\n'),  # FILTER
    ],
}
ACTION: Edits = {
    "leads/verbs/mark.py": [
        (
            "@dataclass(frozen=True)\nclass SetVip",
            '@dataclass(frozen=True)\nclass CallItMining(Verb):\n    kind = "call_it_mining"\n\n'
            '    @classmethod\n    def get_label(cls, parameters, kind):\n        return _("Call it mining")\n\n'
            '    def build_unchanged_condition(self):\n        return Q(industry="Mining")\n\n'
            '    def get_values(self):\n        return {"industry": "Mining"}\n\n\n',
        )
    ],
    "leads/actions.py": [
        (
            "ACTIONS = [\n",
            'MINING = BulkAction("mining", _("Call it mining"), "edit", "change", NoForm, lambda data, user: CallItMining())\n\n',
        ),
        ("    STATUS,\n    ASSIGN", "    MINING,\n"),
        ("from leads.statuses.status_select import", "from leads.verbs.mark import CallItMining\n"),
    ],
}
FILTER: Edits = {
    "leads/filters.py": [
        (
            "    pipeline = PipelineFilter(",
            '    steel = Flag(label=_("works in steel"), condition=lambda: Q(industry="Steel"))\n',
        )
    ]
}
SCREEN: Edits = {
    "leads/urls.py": [
        ('    path("/stuck"', '    path("/industries", industries.industries, name="industries"),\n'),
        ("from leads.views import move_lead, queue", "from leads.views import industries\n"),
    ],
    "leads/views/industries.py": [
        (
            "",
            '"""The industries of the leads that a user sees."""\n\nfrom django.http import HttpResponse\n\n'
            "from leads.models import Lead\n\n\ndef industries(request):\n"
            "    seen = Lead.objects.present().visible_to(request.user)\n"
            '    names = sorted(set(seen.values_list("industry", flat=True)))\n'
            '    return HttpResponse(", ".join(names))\n',
        )
    ],
}
FIELD_OF_CONTACTS: Edits = {
    "customers/models/contact.py": [
        ("    title = TextField(", '    nickname = TextField(_("nickname"), max_length=100, blank=True)\n')
    ],
    "customers/contacts/fields.py": [
        (
            '"company", "title", "email", "second_email", "phone", "mobile"],\n    "where"',
            '"nickname", ',
        ),  # FORM
        ('"company", "title", "email", "phone", "mobile", "second_email", "country"', '"nickname", '),  # LIST
        (
            '"title", "email", "second_email", "phone", "mobile", "country", "owner"]\nSEARCH',
            '"nickname", ',
        ),  # SORT
        (
            '"title", "company", "email", "second_email", "phone", "mobile",\n    "country"',
            '"nickname", ',
        ),  # EXCEL
    ],
}
MEASURE: Edits = {
    "reports/engine/measures.py": [
        ('    "without_rate": MeasurePart(', '    "valued": MeasurePart(ADDED, Q(has_value=True)),\n'),
        (
            '        build_count_measure("opportunities"',
            '        build_count_measure("valued", _("With a value"), _("Leads that have a value.")),\n',
        ),
    ]
}
SUBJECT: Edits = {
    "reports/subjects/files.py": [
        (
            "",
            '''"""Files of leads as a subject of reports."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.engine.measures import MeasurePart, build_count_measure
from reports.subjects.activities import get_counted_activities
from reports.subjects.subject import MeasuredSubject, Subject


def get_counted_files(question, viewer):
    found, as_of = get_counted_activities(question, viewer)
    return found.filter(type="file"), as_of


SUBJECT = Subject("files", get_counted_files, records="progress")
PARTS = {"files": MeasurePart("at", Q(), subject="files")}
MEASURED = MeasuredSubject(SUBJECT, PARTS, [build_count_measure("files", _("Files"), _("Files of leads."))])
''',
        )
    ],
    "reports/contribution.py": [
        ("    first_contact,\n", "    files,\n"),
        ("        first_contact.MEASURED,", "        files.MEASURED,\n"),
    ],
}
COLUMN_OF_BI: Edits = {
    "reports/bi/view_columns.py": [
        ('        "country": ("r.country"', '        "industry": ("r.industry", "its industry"),\n')
    ]
}
EMAIL_TEXT: Edits = {"templates/accounts/mail/task_due.txt": [("{{ line.link }}", "Call, don't write.\n\n")]}
NOTIFICATION: Edits = {
    "leads/stuck/stuck_reminders.py": [
        (
            "from django.utils.translation import ngettext",
            "from django.utils.translation import gettext as _\n",
        ),
        (
            '@register_notice_kind("stuck"',
            '@register_notice_kind("mining")\ndef get_mining_sentence(values: dict) -> str:\n'
            '    return _("%(by)s found mining in %(name)s.")\n\n\n',
        ),
    ],
    "leads/verbs/mark.py": [
        ("from crm.records.history", "from crm.platform.web.notifications import create_notification\n"),
        (
            "\n\n@dataclass(frozen=True)\nclass SetVip",
            "\n    def write_consequences(self, record, changed):\n"
            '        create_notification(record.by, "mining", record, changed)\n',
        ),
    ],
}
PERMISSION: Edits = {
    "leads/models/lead.py": [
        ('record_permissions("lead", "leads")\n        #', '[("praise_lead", "praise a lead")] + ')
    ],
    "leads/permissions.py": [
        ('            ("leads.purge_lead"', '            ("leads.praise_lead", _("praise")),\n')
    ],
    "accounts/roles/initial_data.py": [('"crm.share_view", "crm.change_activity"', '"leads.praise_lead", ')],
}
EVERYTHING = (
    FIELD,
    FIELD_OF_CONTACTS,
    ACTION,
    FILTER,
    SCREEN,
    MEASURE,
    SUBJECT,
    COLUMN_OF_BI,
    EMAIL_TEXT,
    NOTIFICATION,
    PERMISSION,
)
