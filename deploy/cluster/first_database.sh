#!/bin/bash
# Patroni runs this once, when it has made the cluster: the role that owns the database isn't a superuser.
set -euo pipefail

# All users of a machine see the words of a command, but not its environment.
LEADWELL_PASSWORD='$LEADWELL_PASSWORD' "$PROGRAMS/psql" --dbname "$$1" --set ON_ERROR_STOP=1 --quiet <<'SQL'
\getenv password LEADWELL_PASSWORD
CREATE ROLE leadwell LOGIN PASSWORD :'password';
GRANT pg_monitor TO leadwell;
CREATE DATABASE leadwell OWNER leadwell ENCODING 'UTF8' TEMPLATE template0;
SQL
