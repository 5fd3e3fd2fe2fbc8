"""A file in the store that custom values name: what keeps it, as long as a value has it or an undo could bring the value back."""

from django.db import models


class ValueFile(models.Model):
    """Several values can name the same file, such as those of a lead and of the contact that it became. The row never says which:
    crm/fields/custom/files/file_cleanup.py looks for them.

    It says nothing that an undo would have to bring back, so it isn't tracked.
    """

    # Its name in the store.
    file = models.CharField(max_length=100, primary_key=True)
    # Since when no value was found that names it; empty as long as one does.
    unnamed_since = models.DateTimeField(null=True, editable=False)
    # When that was looked for last.
    looked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.file
