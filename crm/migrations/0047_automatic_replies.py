from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0046_linked_records_of_exports")]

    operations = [
        migrations.AlterField(
            "activity",
            "outcome",
            models.CharField(
                blank=True,
                choices=[
                    ("reached", "reached"),
                    ("no_answer", "no answer"),
                    ("message", "left a message"),
                    ("wrong_number", "wrong number"),
                    ("sending", "sending"),
                    ("sent", "sent"),
                    ("failed", "failed"),
                    ("received", "received"),
                    ("automatic", "automatic reply"),
                    ("planned", "planned"),
                ],
                max_length=20,
                verbose_name="outcome",
            ),
        ),
    ]
