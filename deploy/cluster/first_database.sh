#!/bin/bash
# Patroni runs this once, when it has made the cluster: the role that owns the database isn't a superuser.
set -euo pipefail

"$PROGRAMS/psql" --dbname "$$1" --set ON_ERROR_STOP=1 --set password='$LEADWELL_PASSWORD' --quiet <<'SQL'
CREATE ROLE leadwell LOGIN PASSWORD :'password';
GRANT pg_monitor TO leadwell;
CREATE DATABASE leadwell OWNER leadwell ENCODING 'UTF8' TEMPLATE template0;
SQL
