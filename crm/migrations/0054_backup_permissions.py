"""The permissions to view and to download backups, which only administrators get."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0053_email_drafts"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="installation",
            options={
                "default_permissions": (),
                "permissions": [
                    ("view_backups", "Can view and make backups"),
                    ("download_backups", "Can download backups"),
                ],
            },
        ),
    ]
