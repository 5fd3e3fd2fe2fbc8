"""How many records an assistant has changed in this hour, counted in the transaction of each change."""

from datetime import datetime

from django.db import connection, models
from django.utils import timezone

from crm.models import Token


class AssistantUse(models.Model):
    """One row for each token. Whoever counts locks it until the change is committed, so two calls at once never pass the limit
    together; a change that is rolled back isn't counted."""

    token = models.OneToOneField(Token, models.CASCADE, primary_key=True, related_name="assistant_use")
    hour = models.DateTimeField()
    records = models.PositiveIntegerField()


def get_begin_of_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def write_changed_count(token: Token, records: int) -> int:
    """Count changed records, and return how many there are in this hour with them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO assistants_assistantuse AS u (token_id, hour, records) VALUES (%s, %s, %s)
               ON CONFLICT (token_id) DO UPDATE SET hour = excluded.hour,
                 records = CASE WHEN u.hour = excluded.hour THEN u.records ELSE 0 END + excluded.records
               RETURNING records""",
            [token.pk, get_begin_of_hour(timezone.now()), records],
        )
        return cursor.fetchone()[0]


def get_changed_count(token: Token) -> int:
    """How many records the assistant has changed in this hour."""
    found = AssistantUse.objects.filter(token=token, hour=get_begin_of_hour(timezone.now())).first()
    return found.records if found else 0
