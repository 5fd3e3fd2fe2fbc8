"""An assignment rule for a department can name the roles and the members that take part; without any, all members do."""

import django.contrib.postgres.fields
from django.db import migrations, models


def ids(**values):
    number = models.BigIntegerField()
    return django.contrib.postgres.fields.ArrayField(
        base_field=number, blank=True, db_default=[], default=list, size=None, **values
    )


class Migration(migrations.Migration):
    dependencies = [("leads", "0028_unsorted_search_words")]

    operations = [
        migrations.AddField("assignmentrule", "roles", ids(verbose_name="only these roles")),
        migrations.AddField(
            "assignmentrule",
            "people",
            ids(
                verbose_name="only these users",
                help_text=(
                    "Members with one of these roles and these members get leads. Without a selection, all members of the "
                    "department do."
                ),
            ),
        ),
    ]
