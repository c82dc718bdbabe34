"""Two pools of workers, so that no digit waits for a page."""

import asyncio

from nnlab.serving.pool import Pool
from nnlab.serving.settings import ServeSettings


class Lanes:
    """A pool for short questions, and one for pages, which take a core for long.

    Workers for pages let all others go first. They start with the first page, and leave when none
    has come for a while.

    Args:
        settings: How many processes, and their limits.

    Attributes:
        short: For whatever is answered soon.
        long: For pages.
    """

    def __init__(self, settings: ServeSettings) -> None:
        limits = settings.processes, settings.queue, settings.time_limit, settings.threads
        self.short = Pool(*limits)
        self.long = Pool(*limits, kept=0, patient=True)

    def open(self) -> None:
        """Start what is kept of both."""
        self.short.open()
        self.long.open()

    async def close(self) -> None:
        """End all workers, and with them what they are doing."""
        await asyncio.gather(self.short.close(), self.long.close())

    @property
    def waiting(self) -> int:
        """How many requests wait for a worker."""
        return self.short.waiting + self.long.waiting

    @property
    def size(self) -> int:
        """How many workers there are."""
        return self.short.size + self.long.size

    @property
    def busy(self) -> int:
        """How many workers have something to do."""
        return self.short.busy + self.long.busy

    @property
    def lost(self) -> int:
        """How many workers ended in the middle of a request."""
        return self.short.lost + self.long.lost
