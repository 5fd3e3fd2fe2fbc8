"""Every function that the database role of a BI tool may call: a new one of Leadwell or PostgreSQL is decided here first."""

import re

import pytest

from tests.reports.bi.role import ROLE, superuser
from tests.reports.conftest import make_role

__all__ = ["make_role"]

FUNCTIONS = """
    SELECT DISTINCT n.nspname, p.proname, p.provolatile FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE has_function_privilege(%s, p.oid, 'EXECUTE') AND has_schema_privilege(%s, n.oid, 'USAGE')"""

# PostgreSQL's own functions that may do more than read (volatile), by why they are harmless for Leadwell.
VOLATILE = {
    "random values, times and waiting": "array_sample|array_shuffle|clock_timestamp|gen_random_uuid|pg_sleep|pg_sleep_for|pg_sleep_until"
    "|random(_normal)?|setseed|timeofday|uuidv4|uuidv7",
    "settings of the session; views and the worker look at the outcome": "set_config",
    "sessions of the same role only": "pg_cancel_backend|pg_terminate_backend",
    "need rights on the table, index or sequence": "brin_(de)?summarize_(new_values|range)|gin_clean_pending_list|currtid2"
    "|currval|lastval|nextval|setval|pg_(clear|restore)_(attribute|relation)_stats|pg_get_sequence_data|pg_sequence_last_value",
    "need the right to replicate": "pg_(copy|create)_(logical|physical)_replication_slot|pg_drop_replication_slot"
    "|pg_logical_slot_(get|peek)(_binary)?_changes|pg_replication_slot_advance|pg_sync_replication_slots",
    "need a superuser": "pg_import_system_collations|pg_nextoid|pg_stop_making_pinned_objects|pg_extension_config_dump",
    "work only while the server is upgraded": r"binary_upgrade_\w+",
    "called by the server alone": r"RI_FKey_\w+|\w*handler|amvalidate|bernoulli|system|dsnowball_(init|lexize)"
    "|plpgsql_(inline_handler|validator)|suppress_redundant_updates_trigger|tsvector_update_trigger(_column)?|unique_key_recheck",
    "run a query with the rights of the role": r"cursor_to_xml(schema)?|query_to_xml(_and_xmlschema|schema)?|ts_rewrite|ts_stat"
    "|current_query",
    "keep a snapshot for one transaction": "pg_export_snapshot",
    "show sizes": r"pg_(database|indexes|relation|table|tablespace|total_relation)_size",
    "show transactions and locks": "pg_blocking_pids|pg_safe_snapshot_blocking_pids|pg_isolation_test_session_is_blocked"
    "|pg_lock_status|pg_prepared_xact|pg_get_multixact_members|pg_last_committed_xact|pg_xact_commit_timestamp(_origin)?"
    "|pg_xact_status|txid_status|pg_notification_queue_usage|pg_partition_(ancestors|tree)",
    "show the state of the server": r"pg_control_\w+|pg_(current|last)_wal_\w+|pg_get_wal_\w+|pg_get_wait_events"
    r"|pg_available_wal_summaries|pg_wal_summary_contents|pg_is_in_recovery|pg_is_wal_replay_paused|pg_jit_available"
    r"|pg_last_xact_replay_timestamp|pg_get_loaded_modules|pg_(database_)?collation_actual_version",
    "show or renew statistics of the session": r"pg_stat_get_\w+|pg_stat_clear_snapshot|pg_stat_force_next_flush",
}
# Those that only read (stable), by what they read. PostgreSQL lets such a function change nothing.
STABLE = {
    "convert values": r"\w*(in|out|recv|send)|array_to_(json|string)|concat(_ws)?|convert(_from|_to)?|extract|format(_type)?"
    r"|date\w*|enum_\w+|generate_series|interval_\w+|json\w*|length|make_timestamptz|money|now|numeric|overlaps|quote_\w+"
    r"|row_to_json|time\w*|to_(char|date|json|jsonb|number|timestamp)|(any)?textanycat|anytextcat|in_range|xml\w*|oidvectortypes",
    "estimate and compare": r"\w+sel|\w+typanalyze",
    "search texts": r"ts_(debug|headline|match_tq|match_tt|parse|token_type)|(to|phraseto|plainto|websearch_to)_(tsquery|tsvector)"
    "|get_current_ts_config",
    "describe the session": r"current_(database|schemas?|setting|user)|session_user|system_user|getpgusername|version|inet_\w+"
    r"|(statement|transaction)_timestamp|getdatabaseencoding|pg_(backend_pid|client_encoding|trigger_depth|cursor"
    r"|prepared_statement|listening_channels|my_temp_schema|is_other_temp_schema|typeof|collation_for|basetype|input_\w+)",
    "describe rights": r"has_\w+_privilege|pg_has_role|row_security_active|aclexplode|pg_get_acl",
    "describe tables, types and functions": r"\w+_description|_pg_index_position|reg\w+|to_reg\w+|pg_get_\w+|pg_\w+_is_visible|pg_describe_object"
    r"|pg_identify_object\w*|pg_(column|relation|index|indexam)_\w+|pg_filenode_relation|pg_options_to_table|pg_tablespace_\w+"
    r"|pg_sequence_parameters|pg_available_extension\w*|pg_extension_update_paths|pg_char_to_encoding|pg_encoding_to_char"
    r"|pg_timezone_\w+|pg_split_walfile_name|pg_mcv_list_items|pg_event_trigger_\w+|mxid_age|age",
    "check functions that are being added": r"fmgr_\w+_validator",
    "describe the server": r"pg_stat_get_\w+|pg_settings_get_flags|pg_show_all_settings|pg_conf_load_time|pg_postmaster_start_time"
    "|pg_numa_available",
    "read with the rights of the role": r"(database|schema|table)_to_xml(_and_xmlschema|schema)?",
    "number the transaction, which ends with it": r"pg_current_(snapshot|xact_id(_if_assigned)?)|txid_current\w*",
}
# All others of PostgreSQL compute something from their arguments alone (immutable).
OURS = {("report", "only_reads")}


@pytest.fixture
def callable_functions(make_role):
    make_role("--all")
    with superuser() as database:
        return database.execute(FUNCTIONS, [ROLE, ROLE]).fetchall()


def test_each_function_that_a_role_may_call_is_decided(callable_functions):
    decided = {"v": "|".join(VOLATILE.values()), "s": "|".join(STABLE.values()), "i": ".*"}
    servers = ("pg_catalog", "information_schema")
    undecided = {
        f"{schema}.{name}"
        for schema, name, kind in callable_functions
        if (schema, name) not in OURS and not (schema in servers and re.fullmatch(decided[kind], name))
    }
    assert not undecided


@pytest.mark.parametrize("why", [*VOLATILE, *STABLE])
def test_each_decision_is_about_functions_that_exist(why, callable_functions):
    kind, names = ("v", VOLATILE[why]) if why in VOLATILE else ("s", STABLE[why])
    assert [
        name for _schema, name, found in callable_functions if found == kind and re.fullmatch(names, name)
    ]


def test_what_writes_without_a_table_or_holds_locks_is_not_among_them(callable_functions):
    names = {name for _schema, name, _kind in callable_functions}
    assert not {
        name
        for name in names
        if re.search("advisory|^lo_|^loread|^lowrite|notify$|emit_message|^pg_read_|^pg_ls_", name)
    }
