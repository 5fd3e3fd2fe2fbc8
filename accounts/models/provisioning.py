"""What SCIM stores: the settings of a token, and what the identity provider calls users and groups."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.department import Department
from accounts.models.role import Role


class ProvisioningQuerySet(models.QuerySet):
    def of_token(self, token):
        """With the names that its page shows."""
        return self.select_related("role", "department", "recipient").get(token=token)

    def in_force(self):
        return self.filter(token__revoked_at=None)

    def with_recipient(self, user):
        return self.filter(recipient=user)


class Provisioning(models.Model):
    """The settings of a SCIM token: what new users get, and who gets the records of deactivated ones."""

    token = models.OneToOneField(
        "crm.Token", models.CASCADE, primary_key=True, related_name="provisioning", editable=False
    )
    role = models.ForeignKey(
        Role,
        models.PROTECT,
        verbose_name=_("role of new users"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Leave empty if groups assign all roles. Only a group can make a user an administrator."),
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        verbose_name=_("department of new users"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Leave empty if groups assign all departments."),
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("reassign records of deactivated users to"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Leave empty to keep open records unassigned in their department."),
    )
    invites = models.BooleanField(
        _("email new users a link to set a password"),
        default=False,
        help_text=_("Leave off if they sign in with single sign-on."),
    )

    objects = ProvisioningQuerySet.as_manager()

    class Meta:
        verbose_name = _("SCIM settings")
        verbose_name_plural = _("SCIM settings")
        default_permissions = ()


class Provisioned(models.Model):
    """What the identity provider calls a user. `deleted` users don't exist for it until it creates them again or an
    administrator reactivates them."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="provisioned"
    )
    user_name = models.CharField(max_length=254)
    external_id = models.CharField(max_length=255, blank=True)
    given_name = models.CharField(max_length=150, blank=True)
    family_name = models.CharField(max_length=150, blank=True)
    deleted = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("provisioned user")
        verbose_name_plural = _("provisioned users")
        default_permissions = ()
        constraints = [models.UniqueConstraint(Lower("user_name"), name="provisioned_name_once")]


class ProvisionedGroup(models.Model):
    """What the identity provider calls a role or a department."""

    role = models.OneToOneField(Role, models.CASCADE, null=True, related_name="provisioned")
    department = models.OneToOneField(Department, models.CASCADE, null=True, related_name="provisioned")
    external_id = models.CharField(max_length=255)

    class Meta:
        verbose_name = _("provisioned group")
        verbose_name_plural = _("provisioned groups")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__isnull=True) ^ models.Q(department__isnull=True),
                name="provisioned_group_is_one",
            )
        ]
