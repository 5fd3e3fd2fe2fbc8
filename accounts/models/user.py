"""A user: signs in by e-mail, belongs to departments, holds roles, and has the product look as they like it."""

import zoneinfo
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Permission, PermissionsMixin
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.department import Department, Membership
from crm.environment import LANGUAGES


def fold_email(text: str) -> str:
    """The form in which e-mail addresses of users are stored and looked up."""
    return text.strip().casefold()


class UserQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def inactive(self):
        return self.filter(is_active=False)

    def by_name(self):
        return self.order_by("name", "id")

    def with_rights(self):
        """Departments and permissions come along: all that a request asks of its user, in one query."""
        granted = (
            Permission.objects.filter(group__user=models.OuterRef("pk"))
            .annotate(full_name=Concat("content_type__app_label", models.Value("."), "codename"))
            .values("full_name")
        )
        departments = (
            Membership.objects.filter(user=models.OuterRef("pk"))
            .order_by("position", "id")
            .values("department")
        )
        return self.annotate(granted=ArraySubquery(granted), member_of=ArraySubquery(departments))

    def administrators(self):
        return self.active().filter(groups__role__key="administrator")

    def in_departments(self, ids):
        return self.filter(
            models.Exists(Membership.objects.filter(user=models.OuterRef("pk"), department__in=ids))
        )

    def visible_to(self, user):
        """Colleagues: all for who sees all leads, else oneself and the members of one's own departments."""
        if user.sees_everything:
            return self
        return self.filter(
            models.Q(pk=user.pk)
            | models.Exists(
                Membership.objects.filter(user=models.OuterRef("pk"), department__in=user.department_ids)
            )
        )

    def matching(self, words: str):
        found = self
        for word in words.split():
            found = found.filter(models.Q(name__icontains=word) | models.Q(email__icontains=word))
        return found


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username):
        return self.get(email=fold_email(username))

    def create_user(self, email: str, name: str, password: str | None = None, **fields):
        user = self.model(email=fold_email(email), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    class Theme(models.TextChoices):
        AUTO = "", _("as the device")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    class Density(models.TextChoices):
        ROOMY = "", _("roomy")
        COMPACT = "compact", _("compact")

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("added"), default=timezone.now)
    departments = models.ManyToManyField(
        Department, through=Membership, verbose_name=_("departments"), related_name="users", blank=True
    )
    hue = models.PositiveSmallIntegerField(default=260)
    language = models.CharField(_("language"), max_length=5, choices=LANGUAGES, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, blank=True)
    theme = models.CharField(_("colours"), max_length=5, choices=Theme, blank=True)
    density = models.CharField(_("rows"), max_length=10, choices=Density, blank=True)
    rows_per_page = models.PositiveSmallIntegerField(
        _("rows per page"), default=50, choices=[(25, "25"), (50, "50"), (100, "100"), (200, "200")]
    )
    # Part of every session's hash: counting it up signs the user out everywhere.
    sign_out_count = models.PositiveIntegerField(default=0)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.email = fold_email(self.email)

    def get_full_name(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        return salted_hmac(
            "accounts.session", f"{self.password} {self.sign_out_count}", algorithm="sha256"
        ).hexdigest()

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[:1].isalnum()] or ["?"]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone) if self.time_zone else timezone.get_default_timezone()

    @cached_property
    def department_ids(self) -> list[int]:
        """The ids of the departments that the user belongs to, the first one first."""
        if "member_of" in self.__dict__:
            return self.member_of
        return list(self.memberships.values_list("department", flat=True))

    @cached_property
    def granted_permissions(self) -> set[str]:
        """The names "leads.view_lead" and so on, from all roles of the user."""
        if "granted" in self.__dict__:
            return set(self.granted)
        return set(User.objects.with_rights().values_list("granted", flat=True).get(pk=self.pk))

    @cached_property
    def is_administrator(self) -> bool:
        return self.is_active and self.groups.filter(role__key="administrator").exists()

    @property
    def sees_everything(self) -> bool:
        return self.has_perm("leads.see_all")
