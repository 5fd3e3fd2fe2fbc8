from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0044_plannedrow_notes")]

    operations = [
        migrations.AddField(
            "invitationanswer",
            "comment",
            models.CharField(blank=True, db_default="", default="", max_length=1000),
        ),
        migrations.AddField("invitationanswer", "proposed_from", models.DateTimeField(null=True)),
        migrations.AddField("invitationanswer", "proposed_to", models.DateTimeField(null=True)),
        migrations.AlterModelOptions(
            "invitationanswer",
            {
                "default_permissions": (),
                "verbose_name": "answer to an invitation",
                "verbose_name_plural": "answers to invitations",
            },
        ),
        migrations.AlterField(
            "invitationanswer",
            "answer",
            models.CharField(
                choices=[
                    ("accepted", "accepted"),
                    ("declined", "declined"),
                    ("tentative", "tentative"),
                    ("proposed", "proposes another time"),
                ],
                max_length=10,
            ),
        ),
    ]
