"""The numbers of transactions, of changes from now on. Adding the index only reads the changes there are, because none has a number."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0066_emails_a_day")]

    operations = [
        migrations.AddField(
            "installation", "earlier_eras", models.BigIntegerField(db_default=0, default=0)
        ),
        migrations.AddField("change", "transaction_number", models.BigIntegerField(editable=False, null=True)),
        migrations.AddIndex(
            "change",
            models.Index(
                condition=models.Q(("transaction_number__isnull", False)),
                fields=["table", "transaction_number", "id"],
                name="change_transaction",
            ),
        ),
    ]
