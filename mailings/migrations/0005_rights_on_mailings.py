"""In an existing installation, roles that may send mailings may also view, add, change and delete them."""

from django.db import migrations

OTHERS = {"view": "Can view mailing", "add": "Can add mailing", "change": "Can change mailing", "delete": "Can delete mailing"}


def grant(apps, _schema_editor) -> None:
    types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    mailings = types.objects.filter(app_label="mailings", model="mailing").first()
    sends = permissions.objects.filter(content_type=mailings, codename="send_mailing").first() if mailings else None
    if sends is None:
        # A new installation has no roles yet.
        return
    for action, name in OTHERS.items():
        permission, _made = permissions.objects.get_or_create(
            content_type=mailings, codename=f"{action}_mailing", defaults={"name": name}
        )
        permission.group_set.add(*sends.group_set.all())


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("mailings", "0004_sending"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
