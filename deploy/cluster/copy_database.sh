#!/bin/bash
# Each night on one machine with PostgreSQL: a full copy of the database into the archive, from a replica if there is one. Only then
# are all but the last 14 copies deleted, and the files of the write-ahead log that none of these needs.
set -euo pipefail

cd "$ARCHIVE"
# What an attempt that was killed has left.
rm -rf .copy
PGPASSWORD='$REPLICATION_PASSWORD' "$PROGRAMS/pg_basebackup" --pgdata .copy --wal-method none --checkpoint fast \
    --dbname 'host=$DB1,$DB2,$DB3 user=replicator connect_timeout=5 target_session_attrs=prefer-standby'
mv -T .copy "base-$$(date +%F-%H%M)"
sync .

ls -d base-* | head -n -14 | xargs -r rm -r
oldest=$$(ls -d base-* | head -n 1)
first=$$(sed -n 's/^START WAL LOCATION: .*(file \([0-9A-F]\{24\}\))$$/\1/p' "$$oldest/backup_label")
"$PROGRAMS/pg_archivecleanup" -x .gz . "$$first"
