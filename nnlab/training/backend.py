"""Starting TensorFlow, quietly and on the requested number of cores.

TensorFlow takes seconds to import, and meanwhile writes to stderr from C++ whatever the logging
variables say. The file descriptor is therefore redirected during the import.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from nnlab.errors import UsageError
from nnlab.machine.allocation import keep_freed_memory


def start(threads: int = 0, *, verbose: bool = False) -> None:
    """Import TensorFlow and Keras, unless that is done already, and open the devices.

    Args:
        threads: Cores to use; 0 leaves the choice to TensorFlow (all of them).
        verbose: Let TensorFlow's own messages through to stderr.

    Raises:
        UsageError: TensorFlow is already running with another number of threads.
    """
    os.environ["KERAS_BACKEND"] = "tensorflow"
    keep_freed_memory()
    if not verbose:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with nullcontext() if verbose or "tensorflow" in sys.modules else _stderr_silenced():
        import keras
        import tensorflow as tf

        # a user's keras.json may say otherwise
        keras.config.set_floatx("float32")
        keras.config.set_image_data_format("channels_last")
        keras.config.set_epsilon(1e-7)

        if not verbose:  # it warns of functions that are traced again, as in every further run
            tf.get_logger().setLevel("ERROR")
        _set_threads(threads)
        tf.zeros(())  # the first use of a device prints messages too


def devices() -> list[str]:
    """Return the devices that TensorFlow sees, such as `CPU:0`; call `start` first."""
    import tensorflow as tf

    return [_device_name(device) for device in tf.config.list_physical_devices()]


def _device_name(device: Any) -> str:
    import tensorflow as tf

    product = tf.config.experimental.get_device_details(device).get("device_name")
    number = device.name.removeprefix("/physical_device:")
    return f"{number} ({product})" if product else number


def _set_threads(threads: int) -> None:
    import tensorflow as tf

    threading = tf.config.threading
    if not threads or threads == threading.get_intra_op_parallelism_threads():
        return
    try:
        threading.set_intra_op_parallelism_threads(threads)
        threading.set_inter_op_parallelism_threads(1)
    except RuntimeError as error:
        raise UsageError(
            f"--threads {threads}: TensorFlow is already running with another number of threads; "
            "start a new process"
        ) from error


@contextmanager
def _stderr_silenced() -> Iterator[None]:
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
