"""The links in a form: the records that a user may choose, and the one that is already chosen."""

from typing import Any

from crm.fields.links import LinkField


def offer_links(form: Any, user: Any) -> None:
    """Offer the present records that the user sees, besides the linked one. Without permission to view such records, the
    link stays as it is."""
    for name in form._meta.fields:
        field = form._meta.model._meta.get_field(name)
        if isinstance(field, LinkField):
            linked: Any = field.related_model
            kept = linked.objects.filter(pk=getattr(form.instance, field.attname))
            form.fields[name].queryset = linked.objects.present().visible_to(user) | kept
            form.fields[name].disabled = not user.has_perm(linked.right("view"))
