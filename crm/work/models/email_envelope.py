"""The envelope of an email: whom it is from and to beyond its first address, and the emails that it answers."""

import re
from collections.abc import Sequence
from typing import Any

from django.db import models

from crm.work.models.activity import Activity
from crm.work.models.activity_dependent import OfActivityQuerySet

LONGEST_NAME = 300
LONGEST_ADDRESSES = 8_000
LONGEST_INDEX = 400
MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")


def join_addresses(addresses: Sequence[str]) -> str:
    return ", ".join(addresses)[:LONGEST_ADDRESSES]


def parse_message_ids(text: str) -> list[str]:
    return MESSAGE_ID.findall(text)


class EmailEnvelopeQuerySet(OfActivityQuerySet):
    def of_conversation(self, conversation: str):
        """Of those that Outlook takes for one conversation, the newest first; none of ''."""
        return self.filter(conversation=conversation).exclude(conversation="").order_by("-activity")


class EmailEnvelope(models.Model):
    """Addresses are separated by ", ", Message-IDs by a space. `message_id` is that of the email itself, which an activity lacks if
    the email is on several timelines. `route` is the key of the mailbox that the author chose, or ''.

    It never changes, so it isn't tracked.
    """

    activity = models.OneToOneField(
        "crm.Activity", models.DO_NOTHING, db_constraint=False, related_name="envelope"
    )
    sender_name = models.CharField(max_length=LONGEST_NAME, blank=True, default="")
    reply_to = models.CharField(max_length=254, blank=True, default="")
    to = models.TextField(blank=True, default="")
    cc = models.TextField(blank=True, default="")
    bcc = models.TextField(blank=True, default="")
    message_id = models.CharField(max_length=255, blank=True, default="")
    references = models.TextField(blank=True, default="")
    route = models.CharField(max_length=40, blank=True, default="")
    # As Outlook tells conversations (crm/work/emails/thread_index.py): the header, and the part of it that all emails of one have.
    thread_index = models.CharField(max_length=LONGEST_INDEX, blank=True, default="", db_default="")
    conversation = models.CharField(max_length=32, blank=True, default="", db_default="")

    objects = EmailEnvelopeQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["conversation"], name="envelope_conversation", condition=~models.Q(conversation="")
            )
        ]

    def __str__(self) -> str:
        return self.to

    @property
    def references_list(self) -> list[str]:
        return parse_message_ids(self.references)


def get_envelope(activity: Activity) -> Any:
    """That of an email; for one that was added before there were envelopes, what its activity says."""
    found = getattr(activity, "envelope", None)
    if found is not None:
        return found
    to = "" if activity.has_arrived else activity.address
    return EmailEnvelope(activity=activity, to=to, message_id=activity.message_id)
