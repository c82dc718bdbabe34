"""Numbers in words, as messages and tables have them."""


def counted(number: int, noun: str) -> str:
    """Return such as "1 run" or "1,234 runs", for a noun whose plural has an s."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def percent(share: float, decimals: int = 2) -> str:
    """Return a share from 0 to 1 as a percentage, such as "99.15 %".

    Only what is exactly 0 or 1 reads as 0 or 100 %; others get more decimals if need be.
    """
    while share not in (0, 1) and decimals < 6 and float(f"{100 * share:.{decimals}f}") in (0, 100):
        decimals += 1
    return f"{100 * share:.{decimals}f} %"


def percent_span(low: float, high: float) -> str:
    """Return an interval of shares, such as "99.05 to 99.24 %"."""
    return f"{percent(low).removesuffix(' %')} to {percent(high)}"


def part_scored(name: str, scored: int, every: int, what: str) -> str:
    """Say that of a user's data only a part is scored."""
    return (
        f"{name}: {scored:,} of {every:,} {what} are scored: the part that a training on them "
        "would test on"
    )
