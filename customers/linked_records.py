"""The linked records on the pages of companies, contacts and leads, in their order."""

from django.utils.translation import gettext_lazy as _

from crm.records.kinds.linked_records import Link

LINKS = {
    "company": [
        Link("contact", "company", empty=_("People who work at this company appear here.")),
        Link(
            "company",
            "parent",
            title=_("Subsidiaries"),
            empty=_("Subsidiaries of this company appear here."),
            adds=_("New subsidiary"),
        ),
        Link("deal", "company"),
        Link("request", "company", if_empty=False),
        Link("lead", "client", if_empty=False),
    ],
    "contact": [
        Link("deal", "contact"),
        Link("request", "contact", if_empty=False),
        Link("lead", "client_contact", if_empty=False),
    ],
    "lead": [Link("deal", "lead", if_empty=False), Link("request", "lead", if_empty=False)],
}
