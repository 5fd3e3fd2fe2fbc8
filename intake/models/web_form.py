"""A web form: what it asks, what its leads are like, and how it looks."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from crm.fields.types.texts import one_line
from crm.platform.configuration.company import get_company_language
from crm.platform.models.retirable import Retirable, RetirableQuerySet, build_name_guard
from crm.platform.models.undo_rules import Guard, UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from crm.platform.sql.compiled_querysets import get_records_compiled_once
from intake.color_contrast import check_color
from intake.models.known_people import LABEL, OF_FORMS, OWNER_HELP, STATUS_HELP, KnownPeople
from leads.models import Source, Status

# Django's annotation expects validators that return nothing.
ONE_LINE: list[Any] = [one_line]
HEX: list[Any] = [check_color]
# Takes the place of the slug of a request in the kept statement.
SLUG = "?"
SLUG_TAKEN = "EXISTS (SELECT FROM intake_webform g WHERE g.slug = {old} AND g.id <> t.id)"


class WebFormQuerySet(RetirableQuerySet):
    def visible_to(self, user):
        """Those of the departments that the user sees."""
        return self if user.sees_everything else self.filter(department__in=user.department_ids)

    def changeable_by(self, user):
        """The same; the permission is checked besides."""
        return self.visible_to(user)

    def published(self):
        return self.filter(published=True, retired=False)

    def at(self, slug: str):
        return self.filter(slug=slug)

    def by_name(self):
        return self.order_by("name", "id")

    def with_names(self):
        return self.select_related("source", "status", "department", "owner")


class WebForm(Retirable):
    """`questions` are dictionaries as intake/forms/questions.py reads them, in the order of the form."""

    table: ClassVar[str] = "web_form"

    name = models.CharField(
        _("name"),
        max_length=80,
        validators=ONE_LINE,
        help_text=_("Visitors see it as the title of the form."),
    )
    slug = models.SlugField(
        _("address"),
        max_length=60,
        unique=True,
        db_index=False,
        help_text=_("The last part of the form’s address: letters, digits and hyphens."),
    )
    intro = models.TextField(_("introduction"), max_length=2_000, blank=True)
    published = models.BooleanField(
        _("published"), default=True, help_text=_("Visitors can open the form once it’s published.")
    )
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=get_company_language
    )
    button = models.CharField(_("label of the button"), max_length=60, blank=True, validators=ONE_LINE)
    # The new lead
    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"), related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    status = models.ForeignKey(
        Status,
        models.PROTECT,
        verbose_name=_("status"),
        related_name="+",
        null=True,
        blank=True,
        help_text=STATUS_HELP,
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("owner"),
        related_name="+",
        null=True,
        blank=True,
        help_text=OWNER_HELP,
    )
    task = models.CharField(
        _("task"),
        max_length=200,
        blank=True,
        validators=ONE_LINE,
        help_text=_("Each new lead gets this task, such as “Call back”."),
    )
    task_days = models.PositiveSmallIntegerField(
        _("days until the task is due"), default=1, validators=[MaxValueValidator(365)]
    )
    duplicates = models.CharField(
        LABEL,
        max_length=4,
        choices=OF_FORMS,
        default=KnownPeople.ADD,
        help_text=_("What happens if an open lead has the same email or phone."),
    )
    notify = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name=_("also notify"))
    # After sending
    thanks = models.TextField(_("thank-you text"), max_length=2_000, blank=True)
    redirect = models.URLField(
        _("page to open instead"),
        max_length=500,
        blank=True,
        help_text=_("An address like https://example.com/thanks."),
    )
    confirms = models.BooleanField(
        _("confirm the email address"),
        default=False,
        help_text=_("The lead is added when the visitor opens the link in an email (double opt-in)."),
    )
    # Looks
    color = models.CharField(_("main color"), max_length=7, default="#3056d3", validators=HEX)
    background = models.CharField(_("background color"), max_length=7, default="#ffffff", validators=HEX)
    # Spam
    seconds = models.PositiveSmallIntegerField(
        _("shortest time in seconds"),
        default=3,
        validators=[MaxValueValidator(60)],
        help_text=_("Forms that are sent sooner after opening are quarantined."),
    )
    most_an_hour = models.PositiveIntegerField(
        _("most forms an hour"),
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
        help_text=_("From one network address."),
    )
    plain = models.BooleanField(
        _("accept plain HTML forms"),
        default=False,
        help_text=_(
            "Forms on other sites can’t prove how long a visitor took. Otherwise they are quarantined."
        ),
    )
    # Privacy
    days_kept = models.PositiveSmallIntegerField(
        _("days to keep what was sent"),
        default=365,
        db_default=365,
        validators=[MaxValueValidator(3650)],
        help_text=_(
            "What was sent is deleted after so many days. The lead keeps its values. With 0, it is kept until the lead is permanently deleted. Quarantined and unconfirmed forms are deleted after 30 days at the latest, also with 0."
        ),
    )
    questions = models.JSONField(_("questions"), default=list, blank=True)

    undo = UndoRules(
        guards={
            "name": build_name_guard("intake_webform"),
            "slug": Guard("name_taken", SLUG_TAKEN),
        }
    )

    objects = WebFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("web form")
        verbose_name_plural = _("web forms")
        triggers = build_change_triggers("web_form")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def get_published(cls, slug: str) -> "WebForm | None":
        """With everything that its page and its leads need, by a statement that is compiled once."""
        found = get_records_compiled_once(
            _published_forms_queryset, [], moments=lambda values: [slug if v == SLUG else v for v in values]
        )
        return found[0] if found else None

    @property
    def label(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/forms/{self.slug}"

    @property
    def url(self) -> str:
        return f"{settings.SITE_URL}{self.path}"


def _published_forms_queryset(_ids: list[int]) -> WebFormQuerySet:
    """Kept (crm/platform/sql/compiled_querysets.py)."""
    return WebForm.objects.published().at(SLUG).with_names().select_related("status__pipeline")
