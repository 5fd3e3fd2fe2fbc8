"""Which column of a file is which field, and the record that a row means."""

from dataclasses import dataclass, field
from typing import Any

from leadwell.failures import Exit, Failure, ValueRefused
from leadwell.field_descriptions import ApiSchema
from leadwell.field_values import FieldValues, set_value
from leadwell.transfer.read_files import FileRow

# The column that a file of refused rows has more than the file that was imported.
ERROR_HEADER = "Leadwell error"
IDENTITY = ("id", "version")


@dataclass
class ImportColumns:
    """`fields` are the fields of the headers that are imported, `ignored` the headers that Leadwell itself fills in."""

    fields: dict[str, str]
    ignored: list[str] = field(default_factory=list)

    def build_record(self, row: FileRow, values: FieldValues) -> dict[str, Any]:
        """What is sent for a row. An empty cell leaves a field as it is. Raises ValueRefused for a value that can't be sent."""
        record: dict[str, Any] = {}
        for header, value in row.values.items():
            name = self.fields.get(header)
            if name is None or value == "" or (value is None and not row.typed):
                continue
            set_value(record, name, values.convert(name, value.strip()) if isinstance(value, str) else value)
        for name in IDENTITY:
            if isinstance(record.get(name), str):
                raise ValueRefused(f"{name} is a whole number, not {record[name]!r}.")
        if not record:
            raise ValueRefused("The row has no value that can be imported.")
        return record


def normalize(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).casefold()


def match_columns(
    headers: list[str], schema: ApiSchema, values: FieldValues, mapped: dict[str, str]
) -> ImportColumns:
    """By the name of the field, its label, or what `mapped` says, where an empty name ignores a column. Raises Failure for a
    header that means no field."""
    known: dict[str, str] = {}
    read_only = {normalize(name) for name in (*schema.get_read_names(values.kind), ERROR_HEADER, "expanded")}
    for one in schema.get_written_fields(values.kind):
        # Lists of objects, such as consents, are written in another form than they are read.
        if one.type == "array" and one.name != "tags":
            continue
        known |= {normalize(one.label): one.name, normalize(one.name): one.name}
    for custom in values.get_custom_fields():
        known.setdefault(normalize(custom["label"]), custom["key"])
        known |= {custom["key"]: custom["key"], normalize(f"custom_fields.{custom['key']}"): custom["key"]}
    known |= {normalize(name): name for name in (*IDENTITY, "custom_fields")}
    if missing := [header for header in mapped if header not in headers]:
        raise Failure(Exit.USAGE, f"The file has no column {missing[0]!r}. It has: {', '.join(headers)}.")
    found, unknown = ImportColumns({}), []
    for header in headers:
        name = mapped[header] if header in mapped else known.get(normalize(header))
        if name:
            found.fields[header] = known.get(normalize(name), name)
        elif header in mapped or not header or normalize(header) in read_only:
            found.ignored.append(header)
        else:
            unknown.append(header)
    refuse_wrong_columns(found, unknown, known, values)
    return found


def refuse_wrong_columns(
    found: ImportColumns, unknown: list[str], known: dict[str, str], values: FieldValues
) -> None:
    many = values.kind.many
    if unknown:
        raise Failure(
            Exit.USAGE,
            f"{'These columns mean' if len(unknown) > 1 else 'This column means'} no field of {many}: {', '.join(unknown)}.",
            [
                f'Say which field a column is: --map "{unknown[0]}=field". To ignore it: --map "{unknown[0]}=".',
                f"The fields are listed by: leadwell {many} fields",
            ],
        )
    names = list(found.fields.values())
    if wrong := next((name for name in names if name not in known.values()), None):
        raise Failure(
            Exit.USAGE, f"{wrong!r} isn't a field of {many}. They are listed by: leadwell {many} fields"
        )
    if twice := next((name for name in names if names.count(name) > 1), None):
        headers = [header for header, name in found.fields.items() if name == twice]
        raise Failure(Exit.USAGE, f"Several columns are the field {twice}: {', '.join(headers)}.")
    if not set(names) - set(IDENTITY):
        raise Failure(Exit.USAGE, f"The file has no column that is a field of {many}.")


def parse_mapping(words: list[str]) -> dict[str, str]:
    """{"header": "field"} of header=field; the last = counts, because a header may contain one."""
    found = {}
    for word in words:
        header, sign, name = word.rpartition("=")
        if not sign or not header.strip():
            raise Failure(
                Exit.USAGE,
                f'{word!r} doesn\'t say which field a column is. Write it like "E-mail address=email".',
            )
        found[header.strip()] = name.strip()
    return found
