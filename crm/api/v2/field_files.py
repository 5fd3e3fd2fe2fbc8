"""API v2 on the files of custom fields: their bytes, for tokens whose user sees the record and the field."""

from typing import Any

from django.http import FileResponse

from crm.api.problems import ApiProblem
from crm.api.v2.records import get_id_from_url
from crm.api.v2.v2_view import OwnView
from crm.fields.custom.files.file_values import find_visible_file
from crm.fields.custom.values.stored_values import annotate_all_values, attach_custom_values
from crm.work.activities.views.attached_file import build_download_response


class FieldFile(OwnView):
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str, field: str) -> FileResponse:
        seen: Any = self.kind.model.objects.present().visible_to(self.user)
        records = list(annotate_all_values(seen.filter(pk=get_id_from_url(self.kind, pk))))
        attach_custom_values(records)
        kept = (
            find_visible_file(records[0], self.kind.get_custom_fields(self.user), field) if records else None
        )
        if kept is None:
            raise ApiProblem(404, "not_found")
        return build_download_response(kept)
