#!/bin/bash
# PostgreSQL's archive_command: %p, %f and the folder. A file has its name once it is complete and on disk.
set -euo pipefail

target="$$3/$$2.gz"
draft="$$3/.$$2.$NAME"
trap 'rm -f "$$draft"' EXIT

# After a failover, the new primary may archive the last file of the previous one once more. Another content is an error.
is_archived() {
    gzip -dc "$$target" | cmp --silent - "$$1"
}

if [ -e "$$target" ]; then
    is_archived "$$1"
else
    gzip -1 -c "$$1" > "$$draft"
    sync "$$draft"
    # Unlike mv, ln doesn't replace a file that another machine has archived meanwhile.
    ln -T "$$draft" "$$target" || is_archived "$$1"
fi
# The name is on disk too, also if an earlier attempt ended before this.
sync "$$3"
