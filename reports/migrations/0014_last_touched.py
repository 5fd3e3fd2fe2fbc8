"""Reports know when each lead was last touched."""

from django.db import migrations, models

FIELD = {"name": "touched_at", "field": models.DateTimeField(null=True, verbose_name="last touched")}
# The worker derives these rows again.
DERIVE = "INSERT INTO reports_changedlead (lead) SELECT lead_id FROM reports_leadprogress WHERE NOT erased"


class Migration(migrations.Migration):
    dependencies = [("reports", "0013_numbers_of_today")]

    operations = [
        migrations.AddField(model_name="currentprogress", **FIELD),
        migrations.AddField(model_name="leadprogress", **FIELD),
        migrations.RunSQL(DERIVE, migrations.RunSQL.noop),
    ]
