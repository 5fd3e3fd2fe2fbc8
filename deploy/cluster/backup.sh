#!/bin/sh
# Each night on one machine with Leadwell: a backup of the database and the files, read from a replica.
set -eua

. "$CONFIGURATION/leadwell.env"
if [ -e "$CONFIGURATION/own.env" ]; then
    . "$CONFIGURATION/own.env"
fi
DATABASE_URL='postgres://leadwell:$LEADWELL_PASSWORD@$LOCAL:5001/leadwell'
DATABASE_DIRECT_URL=
cd "$APP"
exec "$PYTHON" manage.py backup
