"""Reading which records were chosen as those of a person."""

import re

from django.http import Http404, QueryDict

from privacy.person import PERSON_TABLES
from privacy.person_search import Records, do_records_exist

RECORD = re.compile(r"^(\w+)-(\d{1,18})$", re.ASCII)


def parse_records(data: QueryDict) -> Records:
    """From values such as "lead-7". A record that isn't there is a 404; none is an empty result."""
    found: Records = {}
    for value in data.getlist("record"):
        match = RECORD.match(value)
        if match is None or match[1] not in PERSON_TABLES:
            raise Http404
        found.setdefault(match[1], []).append(int(match[2]))
    found = {table: sorted(set(found[table])) for table in PERSON_TABLES if table in found}
    if found and not do_records_exist(found):
        raise Http404
    return found


def build_records_query(records: Records) -> str:
    return "&".join(f"record={table}-{pk}" for table, ids in records.items() for pk in ids)
