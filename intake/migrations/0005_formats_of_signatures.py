"""Incoming webhooks have one format of signatures. Those of programs that are known by their header get theirs; others accept any
format until someone chooses one. Calls without an ID have the digest of their body."""

from django.db import connections, migrations, models, transaction

KNOWN = {
    "x-hub-signature-256": "prefixed",
    "x-cal-signature-256": "hex",
    "x-shopify-hmac-sha256": "base64",
    "x-wc-webhook-signature": "base64",
    "calendly-webhook-signature": "moment",
    "stripe-signature": "moment",
    "leadwell-signature": "moment",
}
CHOOSE = """
    UPDATE intake_incomingwebhook SET signature_format = %s
    WHERE proof = 'signature' AND signature_format = '' AND lower(signature_header) = %s
"""


def choose(_apps, editor) -> None:
    with transaction.atomic(using=editor.connection.alias), connections[editor.connection.alias].cursor() as cursor:
        # No change of any user's, so the history doesn't have it.
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        for header, written in KNOWN.items():
            cursor.execute(CHOOSE, [written, header])
        cursor.execute("SELECT set_config('leadwell.machine', '', true)")


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_squashed_0004_calls_with_several_records")]

    operations = [
        migrations.AddField(
            "incomingcall", "digest", models.CharField(blank=True, db_default="", default="", max_length=64)
        ),
        migrations.AddField(
            "incomingwebhook",
            "signature_format",
            models.CharField(
                blank=True,
                choices=[
                    ("hex", "The body, in hexadecimal digits"),
                    ("prefixed", "The body, in hexadecimal digits after “sha256=”"),
                    ("base64", "The body, in base64"),
                    ("moment", "The time and the body, as “t=…,v1=…”"),
                ],
                db_default="",
                default="",
                help_text="Cal.com signs in hexadecimal digits, Meta and GitHub after “sha256=”, Shopify in base64, Calendly and Stripe with the time.",
                max_length=8,
                verbose_name="format of the signature",
            ),
        ),
        migrations.RunPython(choose, migrations.RunPython.noop, elidable=True),
    ]
