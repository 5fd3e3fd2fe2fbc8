"""A request: an inquiry as it came, before anyone has worked on it."""

from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries.fields import CountryField

from accounts.models.owned_record import OwnedQuerySet, OwnedRecord, build_owned_indexes, record_permissions
from crm.fields.custom.definitions.built_in_fields import make_labels_changeable
from crm.fields.custom.search.search_triggers import build_search_triggers
from crm.fields.custom.unique.unique_triggers import (
    build_unique_presence_trigger,
    build_unique_value_triggers,
)
from crm.fields.custom.values.change_triggers import build_value_triggers
from crm.fields.model_fields import (
    EmailField,
    ErasedField,
    KeyColumn,
    LineField,
    NameField,
    PhoneField,
    TagsField,
    WebsiteField,
)
from crm.fields.models.custom_values import CustomValues
from crm.fields.search_columns import SearchedRecord, build_derived_triggers, search_index
from crm.fields.types.colored_choices import ColoredField
from crm.fields.types.field_type import build_sort_index, build_sort_indexes
from crm.fields.types.record_links import LinkField, build_link_guard
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from crm.records.kinds.display_names import PersonNames, format_full_name
from crm.records.kinds.erased_persons import get_displayed_name
from customers.models.company import Company
from customers.models.contact import Contact
from customers.models.deal import Deal
from customers.requests import fields
from leads.models import Lead

# With the subject, it still fits into the description of a lead.
LONGEST_TEXT = 49_000
LINKED = {"lead": Lead, "company": Company, "contact": Contact}
SENDER = PersonNames(("company_name", "email", "phone"))


def this_second() -> datetime:
    """Forms show whole seconds, so that saving one again changes nothing."""
    return timezone.now().replace(microsecond=0)


def not_in_the_future(moment: datetime) -> None:
    if moment > timezone.now():
        raise ValidationError(_now("Enter a date that isn’t in the future."))


class RequestQuerySet(OwnedQuerySet):
    def open(self):
        return self.filter(state__in=Request.OPEN)


class Request(OwnedRecord):
    class State(models.TextChoices):
        NEW = "new", pgettext_lazy("a request", "New")
        IN_PROGRESS = "in_progress", _("In progress")
        DONE = "done", pgettext_lazy("a request", "Done")
        SPAM = "spam", _("Spam")

    class Channel(models.TextChoices):
        HERE = "here", _("Added here")
        FORM = "form", _("Web form")
        EMAIL = "email", _("Email")
        PHONE = "phone", _("Phone")
        CHAT = "chat", _("Chat")
        OTHER = "other", pgettext_lazy("a channel", "Other")

    OPEN: ClassVar = (State.NEW, State.IN_PROGRESS)
    HUES: ClassVar = {State.NEW: 250, State.IN_PROGRESS: 200, State.DONE: 140, State.SPAM: 60}

    table = "request"
    search_table = "customers_requestsearch"
    searched_fields = fields.SEARCH
    named_by = ("subject",)

    subject = LineField(_("subject"), max_length=300)
    text = models.TextField(
        pgettext_lazy("of a request", "message"),
        blank=True,
        max_length=LONGEST_TEXT,
        help_text=_("As it came. The message can’t be changed later."),
    )
    channel = models.CharField(
        _("channel"), max_length=8, choices=Channel, default=Channel.HERE, db_default=Channel.HERE
    )
    state = ColoredField(
        pgettext_lazy("of a request", "state"),
        max_length=12,
        choices=State,
        default=State.NEW,
        db_default=State.NEW,
        hues=HUES,
    )
    received_at = models.DateTimeField(
        _("received"), default=this_second, db_default=Now(), validators=[not_in_the_future]
    )
    # The sender, as typed
    first_name = LineField(_("first name"), max_length=600, blank=True)
    last_name = LineField(_("last name"), max_length=600, blank=True)
    company_name = NameField(_("company name"), max_length=300, blank=True)
    email = EmailField(_("email"), max_length=254, blank=True)
    phone = PhoneField(_("phone"), max_length=60, blank=True)
    website = WebsiteField(_("website"), max_length=300, blank=True)
    country = CountryField(_("country"), blank=True, blank_label=_("None"))  # type: ignore[call-overload]
    # Who that is
    lead = LinkField(Lead, verbose_name=_("lead"), db_index=False)
    company = LinkField(Company, verbose_name=_("company"), db_index=False)
    contact = LinkField(Contact, verbose_name=_("contact"), db_index=False)
    # What was made of it
    deal = LinkField(Deal, verbose_name=_("deal"), db_index=False, editable=False)
    tags = TagsField(verbose_name=_("tags"))
    erased_at = ErasedField(_("erased"))
    # Derived from the subject, for sorting and looking up
    name_key = KeyColumn("subject")

    undo = UndoRules(
        together={**OwnedRecord.undo.together, "phone_normal": "phone"},
        guards={
            **OwnedRecord.undo.guards,
            "lead_id": build_link_guard("leads_lead"),
            "company_id": build_link_guard("customers_company"),
            "contact_id": build_link_guard("customers_contact"),
            "deal_id": build_link_guard("customers_deal"),
        },
    )

    objects = RequestQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        triggers = [
            *build_change_triggers("request"),
            *build_derived_triggers(fields.SEARCH),
            build_unique_presence_trigger("request"),
        ]
        permissions = record_permissions("request", "requests")
        indexes = [
            *build_owned_indexes("request"),
            build_sort_index("request_name", "name_key"),
            models.Index(
                fields=["erased_at"], name="request_erased", condition=models.Q(erased_at__isnull=False)
            ),  # undo
            # The requests of a record, and deleting it permanently
            *(
                models.Index(
                    fields=[name, "id"],
                    name=f"request_{name}",
                    condition=models.Q(**{f"{name}__isnull": False}),
                )
                for name in (*fields.LINKS, "deal")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(subject=""),
                name="request_has_a_name",
                violation_error_message=_("Enter a subject."),
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        return get_displayed_name(self.subject)

    @property
    def sender_name(self) -> str:
        """The person, without a company or address in its place."""
        return format_full_name(self.first_name, self.last_name)

    @property
    def subtitle(self) -> str:
        return SENDER.format_name(self)

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    def get_linked(self, name: str) -> Any:
        """The lead, company or contact that it is linked to, or None."""
        return getattr(self, name)

    def get_absolute_url(self) -> str:
        return f"/admin/requests/{self.pk}"


class RequestSearch(SearchedRecord):
    record = models.OneToOneField(Request, models.CASCADE, primary_key=True, related_name="search")

    class Meta:
        indexes = [search_index("request_search_words")]


class RequestValues(CustomValues):
    record = models.OneToOneField(Request, models.CASCADE, primary_key=True, related_name="custom_values")

    class Meta:
        triggers = [
            *build_value_triggers("request"),
            *build_unique_value_triggers("request"),
            *build_search_triggers("request"),
        ]


Request._meta.indexes = [*Request._meta.indexes, *build_sort_indexes(Request, fields.SORT)]
make_labels_changeable(Request)
