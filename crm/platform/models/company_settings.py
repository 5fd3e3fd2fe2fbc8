"""What an administrator decides for the whole company, in Settings."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.platform.configuration.currencies import CURRENCIES
from crm.platform.configuration.environment import LANGUAGES
from crm.platform.configuration.time_zones import time_zones
from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.singleton import OneRow
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers

# A longer one doesn't fit into the menu, or the subject of an email.
LONGEST_NAME = 60
MOST_EMAILS_A_DAY = 10_000


def check_company_name(name: str) -> None:
    """Raises ValidationError for characters that would break the subject of an email or the title of a page."""
    if not name.isprintable():
        raise ValidationError(_("Use only letters, digits, spaces and punctuation, on one line."))


class CompanySettings(OneRow):
    """One row; while everything is as delivered, there is none. crm/platform/configuration/company.py says what is in effect, and
    nothing else reads it."""

    table: ClassVar[str] = "company_settings"
    undo = UndoRules()

    name = models.CharField(
        _("name"),
        max_length=LONGEST_NAME,
        blank=True,
        default="",
        db_default="",
        validators=[check_company_name],
        help_text=_("In the menu, the titles of pages and emails. If empty, they say Leadwell."),
    )
    language = models.CharField(
        _("language"),
        max_length=5,
        choices=LANGUAGES,
        default="en",
        db_default="en",
        help_text=_(
            "Of emails and sign-in for those who haven’t chosen one and whose browser doesn’t name one."
        ),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=50,
        choices=time_zones,
        default="Europe/Bucharest",
        db_default="Europe/Bucharest",
        help_text=_("Of working hours and programs, and of users who haven’t chosen one."),
    )
    base_currency = models.CharField(
        _("base currency"),
        max_length=3,
        choices=[(code, code) for code in CURRENCIES],
        default="EUR",
        db_default="EUR",
        help_text=_(
            "Of totals, goals, costs and reports. Other currencies are converted into it. It’s fixed once there are amounts."
        ),
    )
    emails_a_day = models.PositiveIntegerField(
        _("emails of sequences a day"),
        default=100,
        db_default=100,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_EMAILS_A_DAY)],
        help_text=_(
            "Through each mailbox, so that mail servers don’t take them for spam. The others follow on the next working day."
        ),
    )
    logo = models.CharField(
        _("logo"),
        max_length=48,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text=_(
            "PNG, JPEG or WebP, up to 1 MB. It’s in the menu, on the sign-in page and on printed reports."
        ),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RemovableQuerySet.as_manager()

    class Meta:
        default_permissions = ("change",)
        verbose_name = _("company settings")
        verbose_name_plural = _("company settings")
        triggers = build_change_triggers("company_settings")

    @classmethod
    def get_right(cls, action: str) -> str:
        return "crm.change_companysettings"
