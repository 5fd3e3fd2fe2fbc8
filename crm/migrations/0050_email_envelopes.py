"""Whom emails are from and to beyond their first address, and which emails they answer."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0049_saved_forms"),
    ]

    operations = [
        migrations.CreateModel(
            name="EmailEnvelope",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sender_name", models.CharField(blank=True, default="", max_length=300)),
                ("reply_to", models.CharField(blank=True, default="", max_length=254)),
                ("to", models.TextField(blank=True, default="")),
                ("cc", models.TextField(blank=True, default="")),
                ("bcc", models.TextField(blank=True, default="")),
                ("message_id", models.CharField(blank=True, default="", max_length=255)),
                ("references", models.TextField(blank=True, default="")),
                ("route", models.CharField(blank=True, default="", max_length=40)),
                (
                    "activity",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="envelope",
                        to="crm.activity",
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
    ]
