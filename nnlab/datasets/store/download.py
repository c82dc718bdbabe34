"""Downloading one file of a data set, verified, and completely or not at all."""

import sys
from pathlib import Path
from typing import Any

from nnlab.datasets.store.registry import DataFile

CONNECT_SECONDS = 5
READ_SECONDS = 30


class DownloadError(Exception):
    """A file could not be downloaded; the message says why in a few words."""


def download(file: DataFile, folder: Path, progress: bool) -> Path:
    """Download `file` into a data folder and verify it; nothing is left behind on failure.

    There is one try: a waiting user would rather read what to do.

    Args:
        file: What to download.
        folder: The data folder; it is created if it does not exist.
        progress: Whether to show a bar on stderr.

    Returns:
        The path of the file.

    Raises:
        DownloadError: It cannot be downloaded or written, or has an unexpected checksum.
    """
    if not file.url:
        raise DownloadError(f"{file.path} cannot be downloaded")
    import pooch
    import requests

    target = folder / file.path
    bar = _progress_bar(target.name, file.bytes) if progress else None
    patience = (CONNECT_SECONDS, READ_SECONDS)
    fetch = pooch.HTTPDownloader(timeout=patience, progressbar=bar if bar is not None else False)
    # Pooch logs downloads and checksums; here the error message or the progress bar reports them.
    pooch.get_logger().setLevel("ERROR")
    try:
        pooch.retrieve(file.url, f"sha256:{file.sha256}", target.name, target.parent, None, fetch)
        target.chmod(0o644)  # pooch leaves the 0600 of its temporary file, useless if shared
    except requests.exceptions.RequestException as error:
        raise DownloadError(f"downloading {file.url} failed: {_cause(error)}") from error
    except ValueError as error:
        raise DownloadError(f"the file at {file.url} has an unexpected sha256") from error
    except OSError as error:
        raise DownloadError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        if bar is not None:
            bar.close()
    return target


def _progress_bar(name: str, size: int) -> Any:
    from tqdm import tqdm

    return tqdm(total=size, desc=name, unit="B", unit_scale=True, file=sys.stderr, leave=False)


def _cause(error: Exception) -> str:
    """Describe a failure of requests in a few words."""
    import requests

    if isinstance(error, requests.exceptions.HTTPError) and error.response is not None:
        return f"the server answered {error.response.status_code}"
    if isinstance(error, requests.exceptions.Timeout):
        return "the server did not answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "the server's certificate could not be checked"
    if isinstance(error, requests.exceptions.ProxyError):
        return "no connection to the proxy"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "no connection to the server"
    return f"the transfer failed ({type(error).__name__})"
