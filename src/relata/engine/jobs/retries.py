"""When a failed job is tried again."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job as RawJob


class Retries(BaseRetryStrategy):
    """Ever longer pauses: first_seconds, twice that, … up to most_seconds, each 20 % more or less, so that what failed
    together does not return together. After `times` attempts in all the job is a dead letter.
    """

    def __init__(self, times: int = 10, *, first_seconds: float = 2.0, most_seconds: float = 3600.0) -> None:
        self.times = times
        self.first_seconds = first_seconds
        self.most_seconds = most_seconds

    def get_retry_decision(self, *, exception: BaseException, job: RawJob) -> RetryDecision | None:
        """Procrastinate's question; `job.attempts` counts the attempts before this one."""
        if isinstance(exception, asyncio.CancelledError):  # the worker is stopping: another one takes over
            return RetryDecision(retry_at=datetime.now(UTC))
        if job.attempts + 1 >= self.times:
            return None
        pause = min(self.first_seconds * 2**job.attempts, self.most_seconds) * random.uniform(0.8, 1.2)
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=pause))
