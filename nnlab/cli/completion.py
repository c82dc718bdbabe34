"""`nnlab completion`: a script with which the shell completes nnlab's commands and options."""

import click
from click.shell_completion import get_completion_class

from nnlab.cli.streams import write
from nnlab.errors import UsageError


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]), metavar="SHELL")
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a completion script for your shell.

    SHELL is bash, zsh or fish. Add the line for your shell to the file named beside it:

    \b
    bash: eval "$(nnlab completion bash)"      in ~/.bashrc
    zsh:  eval "$(nnlab completion zsh)"       in ~/.zshrc, after compinit
    fish: nnlab completion fish | source       in ~/.config/fish/config.fish
    """
    script = get_completion_class(shell)
    if script is None:
        raise UsageError(f"click cannot complete for {shell}")
    root = ctx.find_root().command
    # Not .source(), which runs the shell to check its version.
    complete = script(root, {}, "nnlab", "_NNLAB_COMPLETE")
    write(complete.source_template % complete.source_vars() + "\n")
