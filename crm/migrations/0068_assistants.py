"""Operations name the token of the assistant through which a user did them. The index has no rows yet, so adding it only reads the table."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0067_transaction_numbers")]

    operations = [
        migrations.AddField(
            "operation",
            "token",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="operations",
                to="crm.token",
            ),
        ),
        migrations.AlterField(
            "operation",
            "channel",
            models.CharField(
                choices=[
                    ("web", "in the app"),
                    ("bulk", "in bulk"),
                    ("import", "via import"),
                    ("api", "via API"),
                    ("system", "automatically"),
                    ("automation", "by an automation"),
                    ("assistant", "through an assistant"),
                ],
                default="web",
                max_length=10,
                verbose_name="channel",
            ),
        ),
        migrations.AlterField(
            "token",
            "purpose",
            models.CharField(
                choices=[
                    ("api", "API"),
                    ("scim", "users and groups (SCIM)"),
                    ("assistant", "assistant (MCP)"),
                ],
                db_default="api",
                default="api",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            "operation",
            models.Index(
                condition=models.Q(("token__isnull", False)), fields=["token", "-id"], name="operation_token"
            ),
        ),
    ]
