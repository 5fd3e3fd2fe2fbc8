"""What people have agreed to: purposes, the texts that they read, and who agreed to what when."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.platform.models.retirable import Retirable, RetirableQuerySet
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers

# An address of an email, or the table and the number of a record without one.
LONGEST_PERSON = 254


class ConsentPurposeQuerySet(RetirableQuerySet):
    def by_name(self):
        return self.order_by("name", "id")


class ConsentPurpose(Retirable):
    table = "consent_purpose"
    undo = UndoRules()

    name = models.CharField(_("name"), max_length=80, unique=True)
    is_newsletter = models.BooleanField(
        _("withdrawn by unsubscribing"),
        default=False,
        help_text=_("People who unsubscribe from all mailings withdraw this consent."),
    )

    objects = ConsentPurposeQuerySet.as_manager()

    class Meta:
        default_permissions = ("change",)
        verbose_name = _("purpose of consent")
        verbose_name_plural = _("purposes of consent")
        triggers = build_change_triggers("consent_purpose")

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name

    @classmethod
    def get_right(cls, action: str) -> str:
        return "customers.change_consentpurpose"


class ConsentTextQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("language", "-number")

    def of_purpose(self, purpose: ConsentPurpose):
        return self.filter(purpose=purpose)


class ConsentText(models.Model):
    """A version of what people read. It is never changed: another text is another version. `number` counts those of a purpose
    in a language."""

    purpose = models.ForeignKey(ConsentPurpose, models.PROTECT, related_name="texts")
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    number = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("text"), max_length=2_000)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        constraints = [
            models.UniqueConstraint(fields=["purpose", "language", "number"], name="consent_text_number")
        ]

    def __str__(self) -> str:
        return self.text


class ConsentQuerySet(models.QuerySet):
    def of_people(self, people: list[str]):
        return self.filter(person__in=people)

    def newest_first(self):
        return self.order_by("-at", "-id")

    def with_names(self):
        return self.select_related("purpose", "text", "by")


class Consent(models.Model):
    """That a person has given or withdrawn a consent. Rows are only added; the newest one of a purpose counts.

    `person` is the folded email, which outlives records, or the table and number of a record without one ("lead 12").
    `about` is the name of the web form, or how a user got the consent.
    """

    class Source(models.TextChoices):
        USER = "user", _("recorded by a user")
        FORM = "form", _("web form")
        PROGRAM = "program", _("program")
        UNSUBSCRIBE = "unsubscribe", _("unsubscribe page")
        CONVERSION = "conversion", _("carried over from the lead")

    purpose = models.ForeignKey(ConsentPurpose, models.PROTECT, related_name="+")
    person = models.CharField(max_length=LONGEST_PERSON, db_collation="C")
    given = models.BooleanField(_("given"))
    at = models.DateTimeField(_("time"), default=timezone.now)
    text = models.ForeignKey(ConsentText, models.PROTECT, null=True, related_name="+")
    source = models.CharField(_("source"), max_length=12, choices=Source)
    about = models.CharField(_("how"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # Of intake, an app above: the form that was sent.
    submission = models.BigIntegerField(null=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [
            # The history of a person.
            models.Index(fields=["person", "-at"], name="consent_of_person"),
        ]
        constraints = [
            # A submission that is processed again.
            models.UniqueConstraint(
                fields=["submission", "purpose"],
                name="consent_of_submission",
                condition=models.Q(submission__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.purpose}"


class ConsentStateQuerySet(models.QuerySet):
    def count_by_purpose(self) -> dict[int, tuple[int, int]]:
        """How many people have given and withdrawn each purpose."""
        rows = self.order_by().values("purpose")
        counted = rows.annotate(
            yes=models.Count("pk", filter=models.Q(given=True)),
            no=models.Count("pk", filter=models.Q(given=False)),
        )
        return {row["purpose"]: (row["yes"], row["no"]) for row in counted}


class ConsentState(models.Model):
    """The newest consent of a person for a purpose, for filters (customers/consent/consent_recording.py)."""

    purpose = models.ForeignKey(ConsentPurpose, models.CASCADE, related_name="+")
    person = models.CharField(max_length=LONGEST_PERSON, db_collation="C")
    given = models.BooleanField()
    at = models.DateTimeField()

    objects = ConsentStateQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["purpose", "person"], name="consent_state_once")]
        indexes = [
            # The filter of lists.
            models.Index(fields=["purpose", "given", "person"], name="consent_state_people"),
            # What a person's records show.
            models.Index(fields=["person"], name="consent_state_person"),
        ]
