"""`nnlab serve`: networks that answer over HTTP, and a page to play with them."""

import threading

import click

from nnlab.cli.names import NETWORKS
from nnlab.cli.options import (
    PRINTING,
    SectionedCommand,
    effective_values,
    make_console,
    options_of,
    with_options,
)
from nnlab.console import Console
from nnlab.errors import UsageError
from nnlab.options import from_mapping
from nnlab.serving.settings import ServeSettings
from nnlab.versions import install_command

SERVING = "Options for serving"
QUIET_AND_VERBOSE = PRINTING[1:]


@with_options(*options_of(ServeSettings, SERVING, "serve"), *QUIET_AND_VERBOSE)
@click.command(cls=SectionedCommand)
@click.argument("networks", metavar="[NETWORK]...", nargs=-1, shell_complete=NETWORKS)
@click.pass_context
def serve(ctx: click.Context, /, networks: tuple[str, ...], **_: object) -> None:
    """Serve networks over HTTP, with a page to play with them.

    NETWORK is a run folder such as runs/classify/3, a checkpoint, or the name of an experiment, for
    the network that comes with nnlab. Without any, the newest finished run of each experiment is
    served, and all networks that come with nnlab. Ctrl-C stops the server.
    """
    where = "nnlab serve"
    settings = from_mapping(ServeSettings, effective_values(ctx, ServeSettings), where)
    settings.checked_token(home=True)  # refused now, not when a worker has started
    console = make_console(ctx)

    def started(address: str, token: str | None) -> None:
        page = f"{address}?token={token}" if token else address
        made = token is not None and settings.token is None
        speaking = Console() if made else console  # nobody could guess the token
        speaking.say(f"serving at {page} (Ctrl-C stops)")
        if settings.open:
            import webbrowser

            # some browsers, such as lynx, only return when they are closed
            threading.Thread(target=webbrowser.open, args=[page], daemon=True).start()

    try:
        from nnlab.serving.listening import serve as serve_networks

        serve_networks(settings, networks or None, started=started, warn=console.warn)
    except ImportError as error:
        raise UsageError(
            f"nnlab serve needs a package that is not installed ({error}); "
            f"run {install_command('serve')}"
        ) from error
