"""Numbers in words, as messages and tables have them."""


def counted(number: int, noun: str) -> str:
    """Return such as "1 run" or "1,234 runs", for a noun whose plural has an s."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def percent(share: float, decimals: int = 2) -> str:
    """Return a share from 0 to 1 as a percentage, such as "99.15 %"."""
    return f"{100 * share:.{decimals}f} %"


def percent_span(low: float, high: float) -> str:
    """Return an interval of shares, such as "99.05 to 99.24 %"."""
    return f"{100 * low:.2f} to {100 * high:.2f} %"
