"""A connection of an assistant that a user has agreed to: its token gets a new secret each time the program renews it."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from assistants.models.assistant_program import AssistantProgram
from assistants.sign_in.redirect_uris import Destination, describe_destination
from crm.models import Token

CODE_LASTS = timedelta(minutes=2)
ACCESS_LASTS = timedelta(hours=1)
# A program that hasn't renewed its access for so long has to be connected again.
RENEWAL_LASTS = timedelta(days=30)
# So has one that a user has agreed to so long ago, however often it was renewed.
LONGEST = timedelta(days=365)


class AssistantConnectionQuerySet(models.QuerySet):
    def lock(self):
        """Two calls with one code or one renewal wait for each other here; the second one sees what the first one did."""
        return self.select_for_update(of=("self",)).select_related("token__user", "program")

    def with_code(self, code_hash: str):
        return self.filter(code_hash=code_hash)

    def with_family(self, family_hash: str):
        return self.filter(family_hash=family_hash)

    def with_access(self, secret_hash: str):
        return self.filter(token__hash=secret_hash)

    def not_disconnected(self):
        return self.filter(token__revoked_at=None).select_related("token__user")


class AssistantConnection(models.Model):
    """Limits, counts, the log and what was changed belong to the token, and so survive each renewal of its secret.

    The code, the access and the renewal are secrets of the program; only their hashes are stored. A renewal begins with the
    secret name of its family, by which one that was replaced is recognized.
    """

    token = models.OneToOneField(Token, models.CASCADE, primary_key=True, related_name="connection")
    program = models.ForeignKey(AssistantProgram, models.PROTECT, related_name="connections")
    redirect_uri = models.CharField(max_length=500)
    challenge = models.CharField(max_length=128)
    code_hash = models.CharField(max_length=64, unique=True)
    code_until = models.DateTimeField()
    code_used_at = models.DateTimeField(null=True)
    access_until = models.DateTimeField(null=True)
    family_hash = models.CharField(max_length=64, unique=True)
    renewal_hash = models.CharField(max_length=64, blank=True, default="")
    renewal_until = models.DateTimeField(null=True)
    # That of the user's sessions when they agreed: whatever ends all of those ends the connection too.
    session_hash = models.CharField(max_length=64)

    objects = AssistantConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("connection of an assistant")
        verbose_name_plural = _("connections of assistants")
        default_permissions = ()
        permissions = [("connect_assistant", "Can connect assistants")]

    @property
    def destination(self) -> Destination:
        """Where its access went."""
        return describe_destination(self.redirect_uri)
