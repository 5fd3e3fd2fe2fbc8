"""A role: a Django Group, which is a set of permissions, including the scope of leads it sees."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.second_factor import longest_time
from accounts.roles.permissions import ungrantable_permissions_queryset

# Shipped names are translated with gettext until an administrator renames the role.
SHIPPED_ROLES = {
    "rep": _("Sales Rep"),
    "operator": _("Operator"),
    "manager": _("Sales Manager"),
    "super": _("Super Operator"),
    "company": _("Company Manager"),
    "administrator": _("Administrator"),
}
SHIPPED_ENGLISH = {
    "rep": "Sales Rep",
    "operator": "Operator",
    "manager": "Sales Manager",
    "super": "Super Operator",
    "company": "Company Manager",
    "administrator": "Administrator",
}


class RoleQuerySet(models.QuerySet):
    def active(self):
        return self.filter(retired=False)

    def by_name(self):
        return self.order_by(models.Func("name", function="leadwell_fold"), "id")

    def active_or_held(self, held: list[int]):
        """The roles a form offers: the active ones, and those already assigned."""
        return self.filter(models.Q(retired=False) | models.Q(pk__in=held))

    def with_name(self, name: str):
        return self.filter(name__iexact=name)

    def held_by(self, user):
        return self.filter(user=user)

    def requiring_second_factor(self):
        return self.filter(second_factor_from__isnull=False)

    def grantable_by(self, user):
        """The roles without permissions the user lacks: those they may give, remove, and edit."""
        return self.exclude(permissions__in=ungrantable_permissions_queryset(user))

    def below_administrator(self):
        return self.exclude(key="administrator")

    def changeable_by(self, user):
        """The roles this user may edit and retire. A role is the same for all departments: users who don't see all of
        them can edit only custom roles that no one outside their departments has."""
        found = self.grantable_by(user).below_administrator()
        if user.sees_everything:
            return found
        people = get_user_model()._default_manager
        elsewhere = people.filter(groups=models.OuterRef("pk")).exclude(
            pk__in=people.changeable_by(user).values("pk")
        )
        return found.filter(key="").exclude(models.Exists(elsewhere))


class Role(Group):
    """`key` is set only on the six shipped roles. The Administrator has every permission and can't be edited."""

    key = models.CharField(max_length=20, blank=True)
    retired = models.BooleanField(_("retired"), default=False)
    second_factor_days = models.PositiveSmallIntegerField(
        _("days to set it up"),
        null=True,
        blank=True,
        validators=[longest_time],
        help_text=_("0 requires it at once. Leave empty if this role doesn’t require it."),
    )
    # When the days are over for users who had the role when it was required: from then on, they can't work without it.
    second_factor_from = models.DateTimeField(null=True, editable=False)

    objects = RoleQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        permissions = [
            ("see_own", _("can view own records")),
            ("see_unassigned", _("can view own records and unassigned records in own departments")),
            ("see_departments", _("can view records in own departments")),
            ("see_all", _("can view records in all departments")),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        if SHIPPED_ENGLISH.get(self.key) == self.name:
            return gettext(self.name)
        return self.name

    @property
    def permission_names(self) -> set[str]:
        """Its permissions, as "leads.view_lead" and so on."""
        rows = self.permissions.values_list("content_type__app_label", "codename")
        return {f"{app}.{codename}" for app, codename in rows}

    @property
    def is_administrator(self) -> bool:
        return self.key == "administrator"
