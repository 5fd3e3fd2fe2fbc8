"""Listens for jobs and writes how they have ended. A worker that lives on after it couldn't write an end would keep its job: others take the job to be running."""

import asyncio
from collections.abc import Iterable
from typing import Any

from procrastinate.connector import BaseConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager, get_channel_for_queues

from crm.platform.web.transactions import is_database_away


class EndsOfJobs(JobManager):
    """`lost` is set when an end can't be written because the database can't be reached. The worker has to end then."""

    def __init__(self, connector: BaseConnector) -> None:
        super().__init__(connector)
        self.lost = asyncio.Event()

    async def listen_for_jobs(self, *, on_notification: Any, queues: Iterable[str] | None = None) -> None:
        """Every message means "look for new jobs", whatever is in it: each role of the database may send messages, also BI tools.

        The worker reads from the tables which jobs are there and which are to be canceled.
        """

        async def look(channel: str, payload: str) -> None:
            await on_notification(channel=channel, notification={"type": "job_inserted", "job_id": 0})

        await self.connector.listen_notify(
            on_notification=look, channels=get_channel_for_queues(queues=queues)
        )

    async def finish_job(self, *arguments: Any, **keywords: Any) -> None:
        try:
            await super().finish_job(*arguments, **keywords)
        except ConnectorException as error:
            self._note_lost_connection(error)
            raise

    async def retry_job(self, *arguments: Any, **keywords: Any) -> None:
        try:
            await super().retry_job(*arguments, **keywords)
        except ConnectorException as error:
            self._note_lost_connection(error)
            raise

    def _note_lost_connection(self, error: ConnectorException) -> None:
        """Another worker may have taken the job, which is an error too, but none of the connection."""
        if is_database_away(error.__cause__, None):
            self.lost.set()
