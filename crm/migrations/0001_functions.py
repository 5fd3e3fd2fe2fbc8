"""The SQL functions come first: triggers and indexes of all apps use them."""

from django.db import migrations

from crm import functions


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL("\n".join(functions.ALL), functions.DROP)]
