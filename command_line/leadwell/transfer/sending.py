"""Sends the rows of a file in batches, and checks them without writing."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from leadwell.connection.calls import Connection, build_key, encode_body
from leadwell.failures import Exit, Failure, ValueRefused, build_error_lines
from leadwell.field_values import FieldValues
from leadwell.kinds import Kind
from leadwell.transfer.import_columns import ImportColumns
from leadwell.transfer.import_progress import ImportProgress, SentBatch, Totals
from leadwell.transfer.read_files import FileRow, SourceFile

LARGEST_BATCH = 1_000
# Bytes of a body. Leadwell takes 5 MB.
LARGEST_BODY = 4_000_000
# No record has this ID, so it is refused; with all_or_nothing, nothing of its batch is written, and the other records are judged.
REFUSED_RECORD = {"id": 0}
# The status of a record that would have been written.
NOT_WRITTEN = 424


class RowSender:
    """`match` is the field by which existing records are found, or empty. `report` gets the number of rows that are done."""

    def __init__(
        self,
        connection: Connection,
        kind: Kind,
        source: SourceFile,
        columns: ImportColumns,
        values: FieldValues,
        match: str,
        size: int,
        report: Callable[[int], None],
    ) -> None:
        self.connection, self.kind, self.source, self.columns = connection, kind, source, columns
        self.values, self.match, self.size, self.report = values, match, size, report

    def send_all(self, progress: ImportProgress) -> Totals:
        """Write the rows that aren't written yet. Raises Failure if Leadwell can't be reached; then it can be called again."""
        if progress.waiting:
            self.send(progress, self.check_age(progress.waiting))
        for batch in self.build_batches(progress.totals.last_row, self.size):
            progress.begin_batch(batch)
            self.send(progress, batch)
        return progress.totals

    def check_age(self, batch: SentBatch) -> SentBatch:
        """Raises Failure if Leadwell may have forgotten the key of the batch, and repeating it could add records twice."""
        records = json.loads(batch.body)["records"]
        harmless = self.match or all("id" in record for record in records)
        if batch.is_old and not harmless:
            raise Failure(
                Exit.REFUSED,
                f"Rows {batch.rows[0]} to {batch.rows[-1]} were sent more than 20 hours ago, and the answer was lost.",
                [
                    "Look in Leadwell whether they were added.",
                    f"If they were, go on with: --restart --from-row {batch.last_row + 1}",
                    f"If they weren't, go on with: --restart --from-row {batch.rows[0]}",
                ],
            )
        return batch

    def send(self, progress: ImportProgress, batch: SentBatch) -> None:
        outcome = Totals(refused=dict(batch.refused), last_row=batch.last_row)
        if batch.rows:
            answer = self.post(batch.body.encode(), batch.key)
            outcome.added, outcome.changed = answer["added"], answer["changed"]
            outcome.unchanged, outcome.operations = answer["unchanged"], answer["operations"]
            for number, result in zip(batch.rows, answer["results"], strict=True):
                if result["status"] >= 400:
                    outcome.refused[number] = build_sentence(result)
        progress.end_batch(outcome)
        self.report(progress.totals.rows)

    def check_all(self, first: int = 0) -> Totals:
        """What would be refused if the rows were sent now. Nothing is written."""
        found = Totals()
        for batch in self.build_batches(first, self.size - 1):
            found.refused |= batch.refused
            if batch.rows:
                records = [*json.loads(batch.body)["records"], REFUSED_RECORD]
                body = encode_body({**self.build_body(records), "all_or_nothing": True})
                answer = self.post(body, batch.key)
                for number, result in zip([*batch.rows, 0], answer["results"], strict=True):
                    if number and result["status"] == NOT_WRITTEN:
                        found.changed += 1
                    elif number:
                        found.refused[number] = build_sentence(result)
            self.report(found.rows)
        return found

    def post(self, body: bytes, key: str) -> dict[str, Any]:
        return self.connection.call(
            "POST", f"{self.kind.many}/batch", body=body, headers={"Idempotency-Key": key}
        )

    def build_body(self, records: list[dict[str, Any]]) -> dict[str, Any]:
        return {"records": records, "match": self.match} if self.match else {"records": records}

    def build_batches(self, after: int, size: int) -> Iterator[SentBatch]:
        """Batches of the rows behind this one."""
        numbers: list[int] = []
        records: list[dict[str, Any]] = []
        refused: dict[int, str] = {}
        length = last = 0

        def build() -> SentBatch:
            body = encode_body(self.build_body(records)).decode()
            return SentBatch(build_key(), time.time(), numbers, body, refused, last)

        for row in self.source.read_rows():
            if row.number <= after:
                continue
            record, sentence = self.build_record(row)
            more = len(encode_body(record))
            if len(numbers) + len(refused) == size or (numbers and length + more > LARGEST_BODY):
                yield build()
                numbers, records, refused, length = [], [], {}, 0
            last = row.number
            if sentence:
                refused[row.number] = sentence
            else:
                numbers.append(row.number)
                records.append(record)
                length += more
        if numbers or refused:
            yield build()

    def build_record(self, row: FileRow) -> tuple[dict[str, Any], str]:
        """The record, or the sentence that says why there is none."""
        try:
            return self.columns.build_record(row, self.values), ""
        except ValueRefused as wrong:
            return {}, wrong.sentence


def build_sentence(result: dict[str, Any]) -> str:
    """Why a record was refused, with the names of its fields."""
    sentence = " ".join(build_error_lines(result)) or str(result.get("detail") or result.get("code"))
    if result.get("duplicate_of"):
        sentence += f" The existing record has the ID {result['duplicate_of']}."
    return sentence
