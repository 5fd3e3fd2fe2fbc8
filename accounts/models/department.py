"""A department: the team that a lead belongs to; a user belongs to one or more."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from crm.fields.model_fields import MinutesField
from crm.platform.models.retirable import RetirableQuerySet

# In minutes of working time: 500 hours are about a quarter of a year.
LONGEST_CONTACT = 500 * 60
CONTACT_LIMITS = [
    MinValueValidator(1, _("Enter at least 1 min.")),
    MaxValueValidator(LONGEST_CONTACT, _("Enter at most 500 h.")),
]


class DepartmentQuerySet(RetirableQuerySet):
    def offered_to(self, user, chosen: int | None):
        """The active ones that the user sees, and the one that is already chosen, whoever sees it."""
        return self.active().visible_to(user) | self.filter(pk=chosen or 0)

    def by_name(self):
        return self.order_by(models.Func("name", function="leadwell_fold"), "id")

    def with_member_counts(self):
        """`members`: the number of active users in each."""
        return self.annotate(members=models.Count("users", filter=models.Q(users__is_active=True)))

    def visible_to(self, user):
        """Users who see the leads of all departments see all departments; others see their own."""
        everything = user.has_perm("accounts.see_all")
        return self if everything else self.filter(id__in=user.department_ids)


class Department(models.Model):
    name = models.CharField(_("name"), max_length=100, unique=True)
    country = CountryField(  # type: ignore[call-overload]
        _("country"),
        blank=True,
        blank_label=_("None"),
        help_text=_("Phone numbers without a country code are treated as numbers from this country."),
    )
    contact_within = MinutesField(
        _("first contact within"),
        null=True,
        blank=True,
        validators=CONTACT_LIMITS,
        help_text=_(
            "The working time in which a new lead must be contacted, such as 30 min or 4 h. "
            "A source’s own limit takes precedence. Leave empty for no limit."
        ),
    )
    retired = models.BooleanField(_("retired"), default=False)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """The departments of a user; the first by position is where their new leads go."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    department = models.ForeignKey(Department, models.PROTECT, related_name="memberships")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "department"], name="membership_once")]
