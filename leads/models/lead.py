"""A lead: a prospect, a person or a company, that is not yet a customer."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries.fields import CountryField
from sqids import Sqids

from leads.history import LEAD_TRIGGERS
from leads.models.lost_reason import LostReason
from leads.models.source import Source
from leads.models.status import Status
from leads.queries import PRESENT, LeadQuerySet

PUBLIC_IDS = Sqids(min_length=8)
# No id that we give out has more; a longer one would be a number that no row can have.
LONGEST_CODE = 11
KEY_LENGTH = 100


def key_column(length: int = KEY_LENGTH) -> models.CharField:
    """A folded copy of a text, by which lists sort and look up; only triggers write it."""
    return models.CharField(
        max_length=length, blank=True, default="", db_default="", editable=False, db_collation="C"
    )


# The sorts of the list by the name of their index: columns that every lead has, texts and others that may be empty.
DENSE_SORTS = {"lead_name": "name_key", "lead_since": "status_since"}
TEXT_SORTS = {
    "lead_company": "company_key",
    "lead_email": "email_key",
    "lead_second_email": "second_email_key",
    "lead_title": "title_key",
    "lead_city": "city_key",
    "lead_state": "state_key",
    "lead_address": "address_key",
    "lead_zip": "zip",
    "lead_website": "website",
    "lead_language": "language",
    "lead_phone": "phone_normal",
    "lead_mobile": "mobile_normal",
}
OPTIONAL_SORTS = {
    "lead_value": "base_value",
    "lead_next_action": "next_action_on",
    "lead_assigned": "assigned_at",
    "lead_first_contact": "first_contacted_at",
    "lead_last_contact": "last_contacted_at",
    "lead_converted": "converted_at",
}


ANY = models.Q()


def sort_index(name: str, *columns: str, filled: models.Q = ANY) -> models.Index:
    """Led by the department: it serves the users of one department as well as, one after the other, those of all.

    Without the bin: after an undone import of 100,000 that holds the newest leads of all.
    """
    return models.Index(fields=["department", *columns, "id"], name=name, condition=filled & PRESENT)


class Lead(models.Model):
    # What LeadQuerySet.with_may_change() and the list annotate.
    may_change: bool
    newsletter_state: str

    # Who
    first_name = models.CharField(_("first name"), max_length=600, blank=True)
    last_name = models.CharField(_("last name"), max_length=600, blank=True)
    title = models.CharField(pgettext_lazy("a job", "position"), max_length=200, blank=True)
    company = models.CharField(_("company"), max_length=300, blank=True)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    second_email = models.EmailField(_("second e-mail"), max_length=254, blank=True)
    phone = models.CharField(
        _("phone"), max_length=60, blank=True, help_text=_("Any way of writing; it is found by its digits.")
    )
    mobile = models.CharField(_("mobile"), max_length=60, blank=True)
    website = models.CharField(_("website"), max_length=300, blank=True)
    # Where
    country = CountryField(_("country"), blank=True, blank_label=_("None"))  # type: ignore[call-overload]
    city = models.CharField(_("city"), max_length=150, blank=True)
    state = models.CharField(_("county or state"), max_length=150, blank=True)
    address = models.CharField(_("address"), max_length=500, blank=True)
    zip = models.CharField(_("postcode"), max_length=30, blank=True)
    language = models.CharField(
        _("language"), max_length=40, blank=True, help_text=_("The language to write in.")
    )
    # What
    description = models.TextField(_("description"), blank=True, max_length=50_000)
    value = models.DecimalField(
        _("value"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"), db_index=False)
    tags = ArrayField(
        models.BigIntegerField(), verbose_name=_("tags"), default=list, blank=True, db_default=[]
    )
    vip = models.BooleanField(_("VIP"), default=False, db_default=False)
    # Where it stands, and whose it is
    status = models.ForeignKey(Status, models.PROTECT, verbose_name=_("status"), db_index=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        related_name="leads",
        db_index=False,
    )
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, verbose_name=_("department"), db_index=False
    )
    shared = models.BooleanField(
        _("shared with everyone"),
        default=False,
        db_default=False,
        help_text=_("Everyone sees it; who may change it stays as it is."),
    )
    lost_reason = models.ForeignKey(
        LostReason, models.PROTECT, verbose_name=_("lost reason"), null=True, blank=True, db_index=False
    )
    lost_remark = models.CharField(_("what happened"), max_length=500, blank=True)
    next_action = models.CharField(_("next action"), max_length=200, blank=True)
    next_action_on = models.DateField(_("next action on"), null=True, blank=True)
    # Stamps: written by triggers; a value written on purpose holds
    status_since = models.DateTimeField(_("in status since"), editable=False, db_default=Now())
    assigned_at = models.DateTimeField(_("assigned"), null=True, blank=True, editable=False)
    first_contacted_at = models.DateTimeField(_("first contacted"), null=True, blank=True, editable=False)
    last_contacted_at = models.DateTimeField(_("last contacted"), null=True, blank=True, editable=False)
    converted_at = models.DateTimeField(_("won"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("date added"), db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    updated_at = models.DateTimeField(_("last change"), db_default=Now(), editable=False)
    binned_at = models.DateTimeField(_("put into the bin"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    # Phones as +40…, beside the text as typed (leads/phones.py)
    phone_normal = models.CharField(max_length=20, blank=True, default="", db_default="", editable=False)
    mobile_normal = models.CharField(max_length=20, blank=True, default="", db_default="", editable=False)
    # Derived by triggers from the columns above, for sorting and looking up
    base_value = models.DecimalField(max_digits=24, decimal_places=2, null=True, editable=False)
    name_key = key_column()
    company_key = key_column()
    email_key = key_column(254)
    second_email_key = key_column(254)
    title_key = key_column()
    city_key = key_column()
    state_key = key_column()
    address_key = key_column()

    # An undo never gives a lead back to somebody who has left (crm/undo.py).
    undo_guards = {
        "owner_id": (
            "owner_left",
            "EXISTS (SELECT FROM accounts_user g WHERE g.id = {old} AND NOT g.is_active)",
        )
    }
    # What goes back together with another column or not at all.
    undo_with = {
        "assigned_at": "owner_id",
        "department_id": "owner_id",
        "status_since": "status_id",
        "converted_at": "status_id",
        "first_contacted_at": "last_contacted_at",
        "phone_normal": "phone",
        "mobile_normal": "mobile",
    }

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        triggers = LEAD_TRIGGERS
        permissions = [
            ("see_own", _("sees own leads")),
            ("see_unassigned", _("sees own leads and the unassigned of own departments")),
            ("see_departments", _("sees the leads of own departments")),
            ("see_all", _("sees the leads of all departments")),
            ("take_lead", _("take an unassigned lead")),
            ("assign_lead", _("assign leads")),
            ("bulk_lead", _("change many leads at once")),
            ("export_lead", _("export leads")),
            ("import_lead", _("import leads")),
            ("purge_lead", _("remove leads for good")),
            ("share_view", _("share views with a role or department")),
        ]
        # Each index names the screen that needs it; tests/house/test_database.py holds the list.
        indexes = [
            sort_index("lead_created", "created_at"),  # the list as it opens
            models.Index(
                fields=["owner", "department", "created_at", "id"], name="lead_owner", condition=PRESENT
            ),  # own leads; owner filter, sort
            sort_index("lead_number"),
            *(sort_index(name, column) for name, column in DENSE_SORTS.items()),
            *(
                sort_index(name, column, filled=~models.Q(**{column: ""}))
                for name, column in TEXT_SORTS.items()
            ),
            *(
                sort_index(name, column, filled=models.Q(**{f"{column}__isnull": False}))
                for name, column in OPTIONAL_SORTS.items()
            ),
            # Filter and sort
            *(
                sort_index(f"lead_{column}", column, "created_at")
                for column in ("status", "source", "country")
            ),
            sort_index(
                "lead_lost_reason", "lost_reason", "created_at", filled=models.Q(lost_reason__isnull=False)
            ),
            sort_index("lead_vip", "created_at", filled=models.Q(vip=True)),
            # IS NULL of a column that leads an index says nothing of its order, so lead_owner does not serve these.
            sort_index("lead_unassigned", "created_at", filled=models.Q(owner__isnull=True)),
            models.Index(
                fields=["created_at", "id"], name="lead_shared", condition=models.Q(shared=True) & PRESENT
            ),
            models.Index(
                fields=["binned_at", "id"], name="lead_binned", condition=models.Q(binned_at__isnull=False)
            ),
            GinIndex(fields=["tags"], name="lead_tags", condition=~models.Q(tags=[])),  # tag filter, search
            models.Index(
                fields=["email_key"], name="lead_by_email", condition=~models.Q(email_key="")
            ),  # matching
            models.Index(
                fields=["phone_normal"], name="lead_by_phone", condition=~models.Q(phone_normal="")
            ),  # matching
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(first_name="", last_name="", company="", email="", phone="", mobile=""),
                name="lead_has_a_name",
                violation_error_message=_("At least one of name, company, e-mail and phone is needed."),
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    def get_absolute_url(self) -> str:
        return f"/admin/leads/{self.pk}"

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def shown_name(self) -> str:
        """What stands for the lead in lists: its name or else the first thing known of it."""
        return self.full_name or self.company or self.email or self.phone or self.mobile

    @property
    def is_stuck(self) -> bool:
        """Whether it has been in its status for longer than the status allows."""
        most_days = self.status.most_days if self.status.is_open else None
        return most_days is not None and (timezone.now() - self.status_since).days > most_days

    @property
    def public_id(self) -> str:
        return public_id_of(self.pk)


def public_id_of(pk: int) -> str:
    return f"lead_{PUBLIC_IDS.encode([pk])}"


def id_of_public(text: str) -> int | None:
    """The id behind "lead_…", or None. Only the one spelling that we give out is read."""
    return number_of_code(text.removeprefix("lead_")) if text.startswith("lead_") else None


def number_of_code(code: str) -> int | None:
    """The number of a public id without its prefix, or None."""
    numbers = PUBLIC_IDS.decode(code) if len(code) <= LONGEST_CODE else []
    return numbers[0] if len(numbers) == 1 and PUBLIC_IDS.encode(numbers) == code else None


class LeadSearch(models.Model):
    """The searchable words of a lead, in a table of its own: in the lead row every bulk edit was 3 to 4 times slower."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="search")
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="lead_search_words")]
