"""In an existing installation, roles that may send mailings may also view the suppression list and add addresses to it."""

from django.db import migrations

GRANTED = {"view": "Can view suppressed address", "add": "Can add suppressed address"}


def grant(apps, _schema_editor) -> None:
    types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    sends = permissions.objects.filter(
        content_type__app_label="mailings", content_type__model="mailing", codename="send_mailing"
    ).first()
    if sends is None:
        # A new installation has no roles yet.
        return
    suppressions, _made = types.objects.get_or_create(app_label="mailings", model="suppression")
    for action, name in GRANTED.items():
        permission, _made = permissions.objects.get_or_create(
            content_type=suppressions, codename=f"{action}_suppression", defaults={"name": name}
        )
        permission.group_set.add(*sends.group_set.all())


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("mailings", "0005_rights_on_mailings"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
