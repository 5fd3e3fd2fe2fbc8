#!/bin/bash
# Run once by PostgreSQL's image: the role that owns the database isn't a superuser, as production requires.
set -euo pipefail

psql --username postgres --set ON_ERROR_STOP=1 <<'SQL'
\getenv password LEADWELL_DATABASE_PASSWORD
CREATE ROLE leadwell LOGIN PASSWORD :'password';
GRANT pg_monitor TO leadwell;
CREATE DATABASE leadwell OWNER leadwell ENCODING 'UTF8' TEMPLATE template0;
SQL
