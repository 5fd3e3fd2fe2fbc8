#!/bin/bash
# PostgreSQL's archive_command: %p, %f and the folder. A file has its name once it is complete and on disk.
set -euo pipefail
export LC_ALL=C

draft=""
trap 'rm -f "$$draft"' EXIT

# archive pg_wal/FILE FILE FOLDER
archive() {
    local target="$$3/$$2.gz"
    draft="$$3/.$$2.$NAME"
    # After a failover, the new primary may archive a file of the previous one once more. Another content is an error.
    if [ -e "$$target" ]; then
        gzip -dc "$$target" | cmp --silent - "$$1"
    else
        gzip -1 -c "$$1" > "$$draft"
        sync "$$draft"
        # Unlike mv, ln doesn't replace a file that another machine has archived meanwhile.
        ln -T "$$draft" "$$target" || gzip -dc "$$target" | cmp --silent - "$$1"
        rm -f "$$draft"
    fi
}

# archive_earlier pg_wal/HISTORY FOLDER: what the lost primary had written, but not archived. Each line of a history is an earlier
# timeline and the position at which it ended. The files of 16 MB before that position are complete, and a replica has the same.
archive_earlier() {
    local place="$${1%/*}" timeline position rest end file name
    while read -r timeline position rest; do
        if [[ "$$timeline" =~ ^[0-9]+$$ ]]; then
            end="$$(printf '%08X%08X%08X' "$$timeline" "0x$${position%/*}" "$$((0x$${position#*/} >> 24))")"
            for file in "$$place/$${end:0:8}"*; do
                name="$${file##*/}"
                if [[ "$$name" == *.history || ($${#name} == 24 && "$$name" < "$$end") ]] && [ ! -e "$$2/$$name.gz" ]; then
                    archive "$$file" "$$name" "$$2"
                fi
            done
        fi
    done < "$$1"
}

# A new primary archives its history first. PostgreSQL itself archives only what the new primary has written.
if [[ "$$2" == *.history ]]; then
    archive_earlier "$$1" "$$3"
fi
archive "$$1" "$$2" "$$3"
# The name is on disk too, also if an earlier attempt ended before this.
sync "$$3"
