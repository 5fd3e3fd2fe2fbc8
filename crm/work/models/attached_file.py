"""An attached file: a file that belongs to an activity, such as an offer that a user added to a lead."""

from django.db import models
from django.utils.translation import pgettext_lazy

from crm.platform.files.limits import LONGEST_NAME
from crm.platform.files.thumbnails import THUMBNAIL_ENDING
from crm.work.models.activity import Activity
from crm.work.models.activity_dependent import OfActivityQuerySet


class AttachedFileQuerySet(OfActivityQuerySet):
    def of_record(self, table: str, pk: int, user):
        """The files of a record's activities, the newest first, without what is private to another user."""
        own = Activity.objects.present().not_private_to_others(user).of_record(table, pk)
        return self.filter(activity__in=own.values("pk")).order_by("-pk")

    def before(self, pk: int):
        """Those that are older than this one."""
        return self.filter(pk__lt=pk)

    def kept_as(self, files: list[str]):
        """Those of these paths that a row names."""
        return self.filter(file__in=files).values_list("file", flat=True)


class AttachedFile(models.Model):
    """`file` is its name in the store (crm/platform/files/store.py); activities that were added together share it. `content_type` is what it contains,
    whatever its name says.

    It never changes, so it isn't tracked.
    """

    activity = models.ForeignKey("crm.Activity", models.DO_NOTHING, db_constraint=False, related_name="files")
    name = models.CharField(pgettext_lazy("of a file", "name"), max_length=LONGEST_NAME)
    size = models.PositiveBigIntegerField(pgettext_lazy("of a file", "size"))
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=100)
    has_thumbnail = models.BooleanField(default=False)

    objects = AttachedFileQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            # The cleanup of files that no row names.
            models.Index(fields=["file"], name="attached_file_kept_as"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def thumbnail(self) -> str:
        """Its name in the store."""
        return self.file + THUMBNAIL_ENDING
