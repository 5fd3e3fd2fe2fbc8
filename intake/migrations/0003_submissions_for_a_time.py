import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0002_incoming_webhooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="webform",
            name="days_kept",
            field=models.PositiveSmallIntegerField(
                db_default=365,
                default=365,
                help_text="What was sent is deleted after so many days. The lead keeps its values. Enter 0 to keep it forever.",
                validators=[django.core.validators.MaxValueValidator(3650)],
                verbose_name="days to keep what was sent",
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="cleared",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("cleared", False)), fields=["form", "at"], name="submission_values"
            ),
        ),
        migrations.AddIndex(
            model_name="incomingcall",
            index=models.Index(
                condition=models.Q(("record__isnull", False)), fields=["record"], name="incoming_call_record"
            ),
        ),
    ]
