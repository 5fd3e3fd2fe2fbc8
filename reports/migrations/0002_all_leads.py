"""Every lead that is there already is derived by the worker."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO reports_changedlead (lead) SELECT id FROM leads_lead ORDER BY id",
            migrations.RunSQL.noop,
        )
    ]
