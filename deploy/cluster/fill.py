"""Fills the values of an installation into the files of this folder: `python3 fill.py values.env db1 filled/db1`.

It needs nothing but Python, so it can run anywhere. Each machine gets only its own files, with the passwords that it uses.
"""

import sys
from pathlib import Path
from string import Template

HERE = Path(__file__).resolve().parent
DATABASES, APPLICATIONS, BALANCER = ("db1", "db2", "db3"), ("app1", "app2"), "balancer"
# For users by status, and for programs in the format of each API.
PAGES = (502, 503, 504, "api_v2", "connect", "umbra", "scim")
# What each kind of machine has: files and units.
FILES = {
    "db": ["etcd.yml", "patroni.yml", "first_database.sh", "archive_wal.sh", "copy_database.sh"],
    "app": ["haproxy.cfg", "pgbouncer.ini", "userlist.txt", "leadwell.env", "backup.sh"],
    "balancer": ["balancer.cfg", *(f"pages/{page}.http" for page in PAGES)],
}
UNITS = {
    "db": ["etcd", "patroni"],
    "app": ["haproxy", "pgbouncer", "web", "worker"],
    "balancer": ["balancer"],
}


def read_values(file: Path) -> dict[str, str]:
    """{"DB1": "10.0.0.21", …}. Values may be quoted, as for a shell. Raises ValueError for a line that isn't NAME=value."""
    values = {}
    for line in file.read_text().splitlines():
        name, equals, value = line.partition("=")
        if line.strip() and not line.startswith("#"):
            if not equals:
                raise ValueError(f"{file}: {line!r} isn't NAME=value.")
            values[name.strip()] = unquoted(value.strip())
    return values


def unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def kind_of(name: str) -> str:
    return name.rstrip("0123456789")


def fill(values: dict[str, str], name: str, folder: Path) -> None:
    """Write the files of the machine with this name into the folder, units into its `systemd`. Only their owner can read them,
    because they have passwords. Raises KeyError for a value that is missing."""
    own = {**values, "NAME": name, "ADDRESS": values.get(name.upper(), "")}
    units = [f"systemd/leadwell-{unit}.service" for unit in UNITS[kind_of(name)]]
    for file in [*FILES[kind_of(name)], *units]:
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
        target.chmod(0o700 if target.suffix == ".sh" else 0o600)
        target.write_bytes(Template((HERE / file).read_bytes().decode()).substitute(own).encode())


def main() -> None:
    if len(sys.argv) != 4 or sys.argv[2] not in (*DATABASES, *APPLICATIONS, BALANCER):
        sys.exit("python3 fill.py values.env db1|db2|db3|app1|app2|balancer FOLDER")
    try:
        fill(read_values(Path(sys.argv[1])), sys.argv[2], Path(sys.argv[3]))
    except KeyError as missing:
        sys.exit(f"{sys.argv[1]} has no value for {missing.args[0]}.")
    except (OSError, ValueError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
