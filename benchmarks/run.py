"""Measure one size of the demo company into a JSON file; parts that aren't measured this time keep their old figures."""

import argparse
import gc
import json
from pathlib import Path

PARTS = "pages,bulk,export,import,api,custom,activities,reports,in_parts"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--leads", type=int, required=True)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--parts", default=PARTS)
    options = parser.parse_args()

    import django

    django.setup()
    from django.core.management import call_command

    from accounts import demo
    from benchmarks import (
        activities,
        after_imports,
        api,
        changes,
        custom_fields,
        indexes,
        lists,
        measure,
        multi_part_changes,
        reports,
    )
    from benchmarks.excel import exports, imports, list_during_import, sample_leads
    from crm.platform.jobs.worker import collect_rarely
    from crm.platform.server.frame_memory import reserve_frame_memory
    from leads.demo.generation import grow_leads

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    demo.install_demo_people("a-password-for-benchmarks")
    grow_leads(options.leads, say=print)
    reports.derive()
    parts = options.parts.split(",")
    result = json.loads(options.into.read_text()) if options.into.exists() else {}
    result |= {"leads": options.leads, "machine": measure.machine()}

    def keep() -> None:
        """After each part, so that a later one that fails loses nothing."""
        options.into.write_text(json.dumps(result, indent=1))

    use = indexes.use()
    # As in the web server (crm/wsgi.py).
    gc.collect()
    gc.freeze()
    if "pages" in parts:
        pages = [
            *reserve_frame_memory(lists.pages)(options.rounds),
            *reserve_frame_memory(after_imports.measure_searches)(options.rounds),
        ]
        result["pages"] = [figure.as_dict() for figure in pages]
        keep()
    collect_rarely()
    if "bulk" in parts and options.leads >= 10 * changes.ROWS:
        result["bulk"] = changes.bulk()
        keep()
    if options.leads >= 1.5 * sample_leads.ROWS:
        user, ids = sample_leads.taken()
        found = result.setdefault("excel", {})
        found["rows"] = len(ids)
        if "export" in parts:
            found |= {"export": exports.exported(user, ids), "sizes": exports.by_size(user)}
            found["whole"] = exports.whole(user)
        if "import" in parts:
            found |= {"add": imports.added(user), "change": imports.changed(user, ids)}
            found["beside"] = list_during_import.beside(user)
        keep()
    if "api" in parts:
        result["api"] = {"calls": api.calls()}
        if options.leads >= api.LARGE:
            result["api"] |= {"whole": api.whole_list(), "many": api.many(seconds=60)}
    keep()
    if options.leads >= api.LARGE:
        if "custom" in parts:
            result["custom"] = reserve_frame_memory(custom_fields.measured)(options.rounds)
            keep()
        if "activities" in parts:
            result["activities"] = reserve_frame_memory(activities.measured)(options.leads, options.rounds)
            keep()
        if "reports" in parts:
            result["reports"] = reserve_frame_memory(reports.measured)(options.rounds)
            keep()
    if parts == PARTS.split(","):
        result["indexes"] = indexes.unused(use)
    result["sizes"] = indexes.sizes()
    keep()
    if "in_parts" in parts:
        result["in_parts"] = multi_part_changes.measured()
        keep()


if __name__ == "__main__":
    main()
