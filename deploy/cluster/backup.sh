#!/bin/sh
# Each night on one machine with Leadwell: a backup of the database and the files, read from a replica. The primary is read if
# that fails: PostgreSQL ends a dump that keeps a replica from following for too long, and a replica may be far behind.
set -eua

. "$CONFIGURATION/leadwell.env"
if [ -e "$CONFIGURATION/own.env" ]; then
    . "$CONFIGURATION/own.env"
fi
DATABASE_URL='postgres://leadwell:$LEADWELL_PASSWORD@$LOCAL:5001/leadwell'
DATABASE_DIRECT_URL=
cd "$APP"
"$PYTHON" manage.py backup && exit
echo "Trying again with the primary …" >&2
DATABASE_URL='postgres://leadwell:$LEADWELL_PASSWORD@$LOCAL:5000/leadwell'
exec "$PYTHON" manage.py backup
