"""The process that carries out runs on this machine, one after another."""

import os
import signal
import threading
from multiprocessing import connection, parent_process

from nnlab.interrupts import raised_once
from nnlab.sweeps.task import carry_out


def serve(pipe: "connection.Connection") -> None:
    """Take tasks from the pipe and send back what became of them, until it is closed.

    SIGTERM lets a training save and end. Ctrl-C is the parent's business: it reaches all
    processes of a terminal at once, and the parent then sends SIGTERM.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the parent sends it, even if it ignores its own
    if os.name == "posix":
        os.setpgrp()
    try:
        with raised_once([signal.SIGTERM]):
            if os.name == "posix":  # they were held back until now
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
            threading.Thread(target=_end_with_parent, daemon=True).start()
            while True:
                outcome = carry_out(pipe.recv())
                pipe.send(outcome)
                if outcome.state == "interrupted":
                    return
    except (EOFError, OSError, KeyboardInterrupt):  # nobody is there any more, or SIGTERM
        return
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _end_with_parent() -> None:
    """Save and end when the parent has died: nobody would see the outcome."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
