"""Two pools of workers, so that digits do not wait for pages."""

import asyncio
from collections.abc import Mapping

from nnlab.serving.pool import Pool
from nnlab.serving.settings import ServeSettings


class Lanes:
    """A pool for short questions, and one for pages, which take a core for long.

    Workers for pages run at a lower priority. They start with the first page, and leave when none
    has come for a while.

    Args:
        settings: How many processes each pool has at most, and their limits.

    Attributes:
        short: For whatever is answered soon.
        long: For pages.
    """

    def __init__(self, settings: ServeSettings) -> None:
        limits = settings.processes, settings.queue, settings.time_limit, settings.threads
        self.short = Pool(*limits)
        self.long = Pool(*limits, kept=0, patient=True)

    @property
    def pools(self) -> Mapping[str, Pool]:
        """Both by name."""
        return {"short": self.short, "long": self.long}

    def open(self) -> None:
        """Start what is kept of both."""
        for pool in self.pools.values():
            pool.open()

    async def close(self) -> None:
        """End all workers, and with them what they are doing."""
        await asyncio.gather(*(pool.close() for pool in self.pools.values()))
