"""A lead: a person or company that isn't a customer yet."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries.fields import CountryField
from pgtrigger import register

from accounts.models import Department, Holiday, WorkingHours
from accounts.models.owned_record import OwnedRecord, build_owned_indexes, record_permissions
from crm.fields.custom.definitions.built_in_fields import make_labels_changeable
from crm.fields.custom.search.search_triggers import build_search_triggers
from crm.fields.custom.unique.unique_triggers import build_unique_value_triggers
from crm.fields.custom.values.change_triggers import build_value_triggers
from crm.fields.model_fields import (
    CodeField,
    DerivedMoment,
    DerivedPoints,
    EmailField,
    ErasedField,
    KeyColumn,
    LineField,
    MoneyField,
    NameField,
    PhoneField,
    TagsField,
    TextField,
    WebsiteField,
)
from crm.fields.models.custom_values import CustomValues
from crm.fields.models.record import PRESENT, build_before_added_condition
from crm.fields.search_columns import SearchedRecord, search_index
from crm.fields.types.field_type import build_sort_index, build_sort_indexes
from crm.fields.types.record_links import LinkField, build_link_guard
from crm.platform.configuration.company import get_company_currency
from crm.platform.models.operation import Operation
from crm.platform.models.undo_rules import Guard, UndoOutcome, UndoRules
from crm.records.kinds.display_names import format_full_name
from crm.work.activities.contact_triggers import CONTACT_COLUMNS, Origin, build_contact_triggers
from crm.work.models.activity import Activity
from crm.work.models.task import Task
from crm.work.tasks.next_action import build_next_action_triggers, rewrite_next_actions
from leads import fields
from leads.api.public_ids import get_public_id
from leads.display_names import NAMING
from leads.models.lead_querysets import CONVERTED, CONVERTED_SINCE_SQL, SELDOM_BEFORE_ADDED, LeadQuerySet
from leads.models.lost_reason import LostReason
from leads.models.source import Source
from leads.models.status import Status
from leads.triggers.contact_due import build_column_trigger, build_rows_trigger
from leads.triggers.lead_triggers import LEAD_TRIGGERS
from leads.triggers.scores import build_activity_score_triggers, build_value_score_triggers


def _rewrite_next_actions(record: Operation, outcome: UndoOutcome) -> None:
    """Next actions follow from the tasks that an undo reverted or kept."""
    if outcome.back.get(Task.table) or outcome.kept.get(Task.table):
        rewrite_next_actions(Lead.table, Lead._meta.db_table, outcome.back.get(Lead.table, []))


class Lead(OwnedRecord):
    table = "lead"
    search_table = "leads_leadsearch"
    searched_fields = fields.SEARCH
    named_by = NAMING.fields
    # Annotated by the list.
    newsletter_state: str

    # Who
    first_name = LineField(_("first name"), max_length=600, blank=True)
    last_name = LineField(_("last name"), max_length=600, blank=True)
    title = TextField(pgettext_lazy("a job", "position"), max_length=200, blank=True)
    company = NameField(_("company"), max_length=300, blank=True)
    email = EmailField(_("email"), max_length=254, blank=True)
    second_email = EmailField(_("second email"), max_length=254, blank=True)
    phone = PhoneField(_("phone"), max_length=60, blank=True)
    mobile = PhoneField(_("mobile"), max_length=60, blank=True)
    website = WebsiteField(_("website"), max_length=300, blank=True)
    # Where
    country = CountryField(_("country"), blank=True, blank_label=_("None"))  # type: ignore[call-overload]
    city = TextField(_("city"), max_length=150, blank=True)
    state = TextField(_("state or region"), max_length=150, blank=True)
    address = TextField(_("address"), max_length=500, blank=True)
    zip = CodeField(_("postal code"), max_length=30, blank=True)
    language = CodeField(
        _("language"),
        max_length=40,
        blank=True,
        help_text=_("The language to use when you write to this lead."),
    )
    # What
    description = models.TextField(_("description"), blank=True, max_length=50_000)
    value = MoneyField(
        _("value"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, default=get_company_currency)
    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"), db_index=False)
    tags = TagsField(verbose_name=_("tags"))
    vip = models.BooleanField(_("VIP"), default=False, db_default=False)
    # Its progress
    status = models.ForeignKey(Status, models.PROTECT, verbose_name=_("status"), db_index=False)
    lost_reason = models.ForeignKey(
        LostReason, models.PROTECT, verbose_name=_("lost reason"), null=True, blank=True, db_index=False
    )
    lost_remark = models.CharField(_("lost reason details"), max_length=500, blank=True)
    # Who it became (customers/conversion)
    client = LinkField(
        settings.CLIENT_MODELS["company"], verbose_name=_("client"), db_index=False, editable=False
    )
    client_contact = LinkField(
        settings.CLIENT_MODELS["contact"], verbose_name=_("client contact"), db_index=False, editable=False
    )
    # The company that a conversion uses: an import found it by its name or domain.
    known_company = LinkField(
        settings.CLIENT_MODELS["company"], verbose_name=_("existing company"), db_index=False, editable=False
    )
    next_action = models.CharField(_("next action"), max_length=200, blank=True)
    next_action_on = models.DateField(_("next action date"), null=True, blank=True)
    # Timestamps: written by triggers; a value set explicitly is kept
    status_since = models.DateTimeField(_("in status since"), editable=False, db_default=Now())
    assigned_at = models.DateTimeField(_("assigned"), null=True, blank=True, editable=False)
    first_contacted_at = models.DateTimeField(_("first contacted"), null=True, blank=True, editable=False)
    last_contacted_at = models.DateTimeField(_("last contacted"), null=True, blank=True, editable=False)
    converted_at = models.DateTimeField(_("won"), null=True, blank=True, editable=False)
    # By when a new lead has to be contacted, and from when on that is at risk; triggers derive both (leads/contact_due/deadlines.py)
    contact_due_at = DerivedMoment(_("first contact due"))
    contact_warning_at = DerivedMoment()
    # The sum of the points of the rules (leads/scores/); triggers write it
    score = DerivedPoints(_("score"))
    # How they were first and last contacted, and what activities hide (crm/work/activities/contact_triggers.py)
    first_contacted_by = models.CharField(
        _("origin of first contacted"),
        max_length=8,
        choices=Origin,
        default=Origin.STATUS,
        db_default=Origin.STATUS,
        editable=False,
    )
    last_contacted_by = models.CharField(
        _("origin of last contacted"),
        max_length=8,
        choices=Origin,
        default=Origin.STATUS,
        db_default=Origin.STATUS,
        editable=False,
    )
    contacted_otherwise = models.JSONField(db_default={}, editable=False)
    erased_at = ErasedField(_("erased"))
    # Derived from the columns above, for sorting and looking up
    name_key = KeyColumn(*NAMING.fields, of=NAMING.name_sql("NEW"))

    # Written by triggers along with the change that caused them, which the timeline shows.
    unshown = frozenset(
        {
            "status_since",
            "assigned_at",
            "first_contacted_at",
            "last_contacted_at",
            "converted_at",
            "first_contacted_by",
            "last_contacted_by",
            "contacted_otherwise",
        }
    )
    never_before_added: ClassVar = ("status_since", "assigned_at", "contact_due_at", "updated_at")
    seldom_before_added: ClassVar = SELDOM_BEFORE_ADDED
    read_only: ClassVar = ("converted", CONVERTED)
    undo = UndoRules(
        together={
            **OwnedRecord.undo.together,
            "assigned_at": "owner_id",
            "status_since": "status_id",
            "converted_at": "status_id",
            "first_contacted_at": "status_id",
            "first_contacted_by": "first_contacted_at",
            "last_contacted_by": "last_contacted_at",
            "contacted_otherwise": "last_contacted_at",
            "phone_normal": "phone",
            "mobile_normal": "mobile",
        },
        guards={
            **OwnedRecord.undo.guards,
            # Its status is that of a client, until the conversion itself is undone. What changed it later can be undone.
            "status_id": Guard(
                "converted",
                CONVERTED_SINCE_SQL + " AND NOT u.fields ?| ARRAY['client_id', 'client_contact_id']",
            ),
            "client_id": build_link_guard("customers_company"),
            "client_contact_id": build_link_guard("customers_contact"),
            "known_company_id": build_link_guard("customers_company"),
        },
        # Both are those of the lead's earliest open task.
        follows={"next_action": "task", "next_action_on": "task"},
        leaves=dict.fromkeys(CONTACT_COLUMNS, "activity"),
        unreported=("contacted_otherwise",),
        finish=_rewrite_next_actions,
    )

    objects = LeadQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        triggers = LEAD_TRIGGERS
        permissions = record_permissions("lead", "leads")
        # The indexes of sortable columns follow from their types (below). Each other index names the screen that uses
        # it; tests/house/database/test_schema.py has the list.
        indexes = [
            *build_owned_indexes("lead", with_shared=fields.WITH_SHARED),
            build_sort_index("lead_name", "name_key"),
            build_sort_index("lead_since", "status_since"),
            # a column of the board; stuck leads: it has all that their page counts
            models.Index(
                fields=["department", "status", "status_since", "id"],
                name="lead_stay",
                include=["next_action_on", "owner", "shared"],
                condition=PRESENT,
            ),
            # filters by these times
            build_sort_index(
                "lead_earlier", "created_at", filled=build_before_added_condition(*SELDOM_BEFORE_ADDED)
            ),
            # the daily queue: the new and the stuck leads of an owner, and their first contacts; the board of one owner
            models.Index(
                fields=["owner", "status", "status_since", "id"],
                name="lead_stay_of_owner",
                condition=PRESENT & models.Q(owner__isnull=False),
            ),
            models.Index(
                fields=["owner", "contact_due_at"],
                name="lead_queue_contact",
                condition=PRESENT & models.Q(contact_due_at__isnull=False),
            ),
            # the pages of clients, and deleting these and known companies permanently
            *(
                models.Index(
                    fields=[name, "id"], name=f"lead_{name}", condition=models.Q(**{f"{name}__isnull": False})
                )
                for name in ("client", "client_contact", "known_company")
            ),
            # matching
            models.Index(fields=["email_key"], name="lead_by_email", condition=~models.Q(email_key="")),
            models.Index(fields=["phone_normal"], name="lead_by_phone", condition=~models.Q(phone_normal="")),
            models.Index(
                fields=["erased_at"], name="lead_erased", condition=models.Q(erased_at__isnull=False)
            ),  # undo
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(first_name="", last_name="", company="", email="", phone="", mobile=""),
                name="lead_has_a_name",
                violation_error_message=_("Enter at least a name, company, email or phone."),
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @classmethod
    def name_sql(cls, row: str) -> str:
        return NAMING.name_sql(row)

    def get_absolute_url(self) -> str:
        return f"/admin/leads/{self.pk}"

    @property
    def full_name(self) -> str:
        return format_full_name(self.first_name, self.last_name)

    @property
    def shown_name(self) -> str:
        return NAMING.format_name(self)

    @property
    def subtitle(self) -> str:
        return self.company if self.company != self.shown_name else self.email

    @property
    def is_read_only(self) -> bool:
        return self.is_erased or self.client_id is not None or self.client_contact_id is not None

    @property
    def public_id(self) -> str:
        return get_public_id(self.pk)


class LeadSearch(SearchedRecord):
    record = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="search")

    class Meta:
        indexes = [search_index("lead_search_words")]


class LeadValues(CustomValues):
    record = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="custom_values")

    class Meta:
        triggers = [
            *build_value_triggers("lead"),
            *build_unique_value_triggers("lead"),
            *build_search_triggers("lead"),
            *build_value_score_triggers(),
        ]


Lead._meta.indexes = [*Lead._meta.indexes, *build_sort_indexes(Lead, fields.SORT)]
make_labels_changeable(Lead)
register(*build_next_action_triggers(Lead.table, Lead._meta.db_table))(Task)
register(*build_contact_triggers(Lead.table, Lead._meta.db_table))(Activity)
register(*build_activity_score_triggers())(Activity)
register(build_column_trigger("contact_within"))(Source)
register(build_column_trigger("contact_within"))(Department)
register(build_column_trigger("kind"))(Status)
register(build_rows_trigger())(WorkingHours)
register(build_rows_trigger())(Holiday)
