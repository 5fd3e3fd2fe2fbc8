#!/bin/bash
# PostgreSQL's archive_command: %p, %f and the folder. A file has its name once it is complete and on disk.
set -euo pipefail

target="$$3/$$2.gz"
if [ -e "$$target" ]; then
    # After a failover, the new primary may archive the last file of the previous one once more. Another content is an error.
    gzip -dc "$$target" | cmp --silent - "$$1"
    exit
fi
draft="$$3/.$$2.$NAME"
gzip -1 -c "$$1" > "$$draft"
sync "$$draft"
mv "$$draft" "$$target"
