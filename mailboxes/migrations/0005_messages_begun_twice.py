from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailboxes", "0004_answers_to_invitations")]

    operations = [
        migrations.AlterField(
            "message",
            "outcome",
            models.CharField(
                choices=[
                    ("request", "new request"),
                    ("timeline", "added to the timeline"),
                    ("answer", "answer to an invitation"),
                    ("bounce", "bounced email"),
                    ("automatic", "automatic email, skipped"),
                    ("own", "sent by Leadwell, skipped"),
                    ("known", "already received"),
                    ("too_large", "too large"),
                    ("unreadable", "can’t be read"),
                    ("limits", "skipped: it takes too much time or memory to read"),
                    ("unfinished", "skipped: the server stopped twice while it was read"),
                    ("bcc_sender", "skipped: the bcc address belongs to another user"),
                    ("bcc_none", "skipped: none of its recipients is a lead or contact of the sender"),
                ],
                max_length=10,
            ),
        ),
    ]
