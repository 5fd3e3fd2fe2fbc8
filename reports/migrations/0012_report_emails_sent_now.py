"""Emails with a report that its user sends at once, beside those of the schedule."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0011_revenue_without_rate_and_costs_for_company_managers")]

    operations = [
        migrations.AddField(
            "reportemail", "sent_now", models.BooleanField(default=False, db_default=False)
        ),
    ]
