"""Words of messages that depend on a number."""


def counted(number: int, noun: str) -> str:
    """Return such as "1 run" or "1,234 runs", for a noun whose plural has an s."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
