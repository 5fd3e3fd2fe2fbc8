"""The server's copy of the drafts of emails."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0052_thread_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EmailDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("of", models.CharField(max_length=40)),
                ("record", models.BigIntegerField()),
                ("place", models.CharField(blank=True, max_length=40)),
                (
                    "to",
                    models.TextField(
                        blank=True,
                        validators=[django.core.validators.MaxLengthValidator(8000)],
                        verbose_name="To",
                    ),
                ),
                (
                    "cc",
                    models.TextField(
                        blank=True,
                        validators=[django.core.validators.MaxLengthValidator(8000)],
                        verbose_name="Cc",
                    ),
                ),
                (
                    "bcc",
                    models.TextField(
                        blank=True,
                        validators=[django.core.validators.MaxLengthValidator(8000)],
                        verbose_name="Bcc",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="Subject")),
                (
                    "text",
                    models.TextField(
                        blank=True,
                        validators=[django.core.validators.MaxLengthValidator(20000)],
                        verbose_name="Text",
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("page", models.CharField(blank=True, max_length=32)),
                ("at", models.DateTimeField(auto_now=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of an email",
                "verbose_name_plural": "drafts of emails",
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["of", "record"], name="email_draft_of_record"),
                    models.Index(fields=["at"], name="email_draft_at"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "of", "record", "place"), name="email_draft_once")
                ],
            },
        ),
    ]
