from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0047_automatic_replies")]

    operations = [
        migrations.AlterField(
            "invitationanswer",
            "answer",
            models.CharField(
                choices=[
                    ("accepted", "accepted"),
                    ("declined", "declined"),
                    ("tentative", "tentative"),
                    ("proposed", "proposes another time"),
                    ("failed", "not delivered"),
                ],
                max_length=10,
            ),
        ),
    ]
