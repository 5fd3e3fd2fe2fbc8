"""An employment: the position that a contact has or had at a company, besides the present main one on the contact."""

from django.db import models
from django.db.models import F, Q
from django.utils import formats
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields.model_fields import LineField
from crm.fields.types.record_links import LinkField, build_link_guard
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from customers.models.company import Company
from customers.models.contact import Contact
from customers.models.related_item import BetweenQuerySet, BetweenRecord
from customers.related_items.scope import BetweenScope


class EmploymentQuerySet(BetweenQuerySet):
    def of_contacts_with_another_main_company(self, company: Company):
        """At this company, of contacts whose main company is another one or none. Without contacts in Trash."""
        others = ~Q(contact__company=company) | Q(contact__company=None)
        return self.leading_to(company).filter(others, contact__deleted_at=None)

    def newest_first(self):
        """The present ones first, then the last ones; those without days are last."""
        return self.order_by(
            F("started_on").desc(nulls_last=True), F("ended_on").desc(nulls_first=True), "-pk"
        )


class Employment(BetweenRecord):
    table = "employment"
    belongs_to = "contact"
    leads_to = "company"
    scope = BetweenScope("customers.Employment")
    undo = UndoRules(
        after_records=True, guards={"company_id": build_link_guard("customers_company", "company")}
    )

    contact = LinkField(
        Contact,
        models.CASCADE,
        verbose_name=_("contact"),
        null=False,
        blank=False,
        editable=False,
        db_index=False,
    )
    company = LinkField(
        Company, models.CASCADE, verbose_name=_("company"), null=False, blank=False, db_index=False
    )
    role = LineField(pgettext_lazy("a job", "position"), max_length=200, blank=True)
    started_on = models.DateField(pgettext_lazy("of an employment", "from"), null=True, blank=True)
    ended_on = models.DateField(
        pgettext_lazy("of an employment", "to"),
        null=True,
        blank=True,
        help_text=_("Leave it empty if the employment continues."),
    )

    objects = EmploymentQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        # Who may change the contact may change them.
        default_permissions = ()
        triggers = build_change_triggers("employment")
        indexes = [
            # The page of a contact, and deleting it permanently
            models.Index(fields=["contact", "id"], name="employment_of_contact"),
            # The same for a company
            models.Index(fields=["company", "id"], name="employment_at_company"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(started_on=None) | Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="employment_ends_after_it_starts",
                violation_error_message=_("An employment can’t end before it starts."),
            ),
        ]

    def __str__(self) -> str:
        company = str(self.company)
        if not self.role:
            return company
        return _now("%(position)s at %(company)s") % {"position": self.role, "company": company}

    @property
    def period(self) -> str:
        """ "Mar 2019 – Jun 2022", "since Mar 2019", "until Jun 2022"; empty without days."""
        first, last = (
            day and formats.date_format(day, "YEAR_MONTH_FORMAT") for day in (self.started_on, self.ended_on)
        )
        if first and last:
            return first if first == last else f"{first} – {last}"
        if first:
            return _now("since %(day)s") % {"day": first}
        return _now("until %(day)s") % {"day": last} if last else ""
