"""The plan of merging exact duplicates by a rule: which records, found when it was made, and what was done with it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

LIFETIME = timedelta(days=1)


class MergePlanQuerySet(models.QuerySet):
    def of_user(self, user: User):
        """Those that this user can still use."""
        return self.filter(user=user, at__gt=timezone.now() - LIFETIME)

    def expired(self):
        return self.filter(at__lte=timezone.now() - LIFETIME)


class MergePlan(models.Model):
    """`groups` are lists of [ID, version] with the kept record first. `skipped` are the numbers of groups by reason
    (duplicates/exact/merge_rules.py), `left_out` the IDs of the groups that weren't merged because they had changed."""

    class Match(models.TextChoices):
        LEAD_EMAIL_NAME = "lead-email-name", _("Leads with the same email and name")
        LEAD_EMAIL = "lead-email", _("Leads with the same email")
        LEAD_PHONE_NAME = "lead-phone-name", _("Leads with the same phone and name")
        LEAD_PHONE = "lead-phone", _("Leads with the same phone")
        CONTACT_EMAIL_NAME = "contact-email-name", _("Contacts with the same email and name")
        CONTACT_EMAIL = "contact-email", _("Contacts with the same email")
        CONTACT_PHONE_NAME = "contact-phone-name", _("Contacts with the same phone and name")
        CONTACT_PHONE = "contact-phone", _("Contacts with the same phone")
        COMPANY_DOMAIN_NAME = "company-domain-name", _("Companies with the same domain and name")
        COMPANY_DOMAIN = "company-domain", _("Companies with the same domain")
        COMPANY_PHONE_NAME = "company-phone-name", _("Companies with the same phone and name")

    class Keep(models.TextChoices):
        OLDEST = "oldest", _("The oldest record")
        NEWEST = "newest", _("The newest record")
        FULLEST = "fullest", _("The most complete record")

    class Values(models.TextChoices):
        NEWEST = "newest", _("The value of the record that was changed last")
        KEPT = "kept", _("The value of the kept record")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    match = models.CharField(
        _("records to merge"),
        max_length=20,
        choices=Match,
        default=Match.LEAD_EMAIL_NAME,
        help_text=_("Capitals, marks and the format of phone numbers don’t matter."),
    )
    keep = models.CharField(_("record to keep"), max_length=10, choices=Keep, default=Keep.OLDEST)
    values = models.CharField(
        _("if records have different values"),
        max_length=10,
        choices=Values,
        default=Values.NEWEST,
        help_text=_(
            "Empty fields are filled either way. The kept record keeps its owner, department and status."
        ),
    )
    groups = models.JSONField(default=list)
    found = models.PositiveIntegerField(null=True)
    skipped = models.JSONField(default=dict)
    left_out = models.JSONField(default=list)
    operation = models.ForeignKey("crm.Operation", models.SET_NULL, null=True, related_name="+")

    objects = MergePlanQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.get_match_display()

    @property
    def record_type(self) -> str:
        return self.match.partition("-")[0]

    @property
    def compared(self) -> list[str]:
        """What the records have in common: email, phone, domain, name."""
        return self.match.split("-")[1:]

    @property
    def merged(self) -> int:
        """The number of records that go to Trash."""
        return sum(len(group) - 1 for group in self.groups)
