"""A session: a browser in which a user is signed in, and when it was last used."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.platform.database.log_positions import build_server_expression


class SessionQuerySet(models.QuerySet):
    def alive(self):
        """Those that neither limit has ended: the time since signing in, and the time without use."""
        return self.filter(expire_date__gt=timezone.now(), used_at__gt=get_idle_limit())

    def with_primary(self):
        """`primary` is the server of the database that was asked (crm/platform/database/log_positions.py)."""
        return self.annotate(primary=build_server_expression())

    def over(self):
        return self.filter(Q(expire_date__lte=timezone.now()) | Q(used_at__lte=get_idle_limit()))

    def of_user(self, user):
        return self.filter(user=user)

    def latest_first(self):
        return self.order_by("-used_at", "-id")


def get_idle_limit():
    return timezone.now() - timedelta(hours=settings.SESSION_IDLE_HOURS)


class SessionManager(BaseSessionManager.from_queryset(SessionQuerySet)):  # type: ignore[misc]
    pass


class Session(AbstractBaseSession):
    """`session_key` is the hash of the key in the cookie, so a copy of the table opens no session. `used_at` is at most a
    minute old. `changed_until`, with replicas, is how far the database was after the last change (crm/platform/database/log_positions.py)."""

    id = models.BigAutoField(primary_key=True)
    session_key = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions")
    browser = models.CharField(max_length=100, blank=True)
    address = models.GenericIPAddressField(null=True)
    signed_in_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField()
    changed_until = models.BigIntegerField(null=True)

    objects = SessionManager()  # type: ignore[misc]

    class Meta:
        default_permissions = ()
        verbose_name = "session"

    @classmethod
    def get_session_store_class(cls):
        # The store stores sessions in this table, and Django asks each of the two for the other.
        from accounts.authentication.session_store import SessionStore

        return SessionStore
