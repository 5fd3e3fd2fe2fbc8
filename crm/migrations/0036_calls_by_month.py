from django.db import migrations

from crm.scaling.months.table_conversion import partition_by_month


def by_month(apps, editor):
    partition_by_month(editor, "crm_apicall", "at")


class Migration(migrations.Migration):
    # The index of the primary key is built while calls go on.
    atomic = False

    dependencies = [("crm", "0035_installation")]

    # Backwards nothing: the version before reads and writes a partitioned table like any other.
    operations = [migrations.RunPython(by_month, migrations.RunPython.noop)]
