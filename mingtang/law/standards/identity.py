"""GB 11643-1999: the number of a resident identity card."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity_digit(digits: str) -> str:
    """The check character (0-9 or X) of the first 17 digits of a card's number."""
    return "10X98765432"[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=False)) % 11]
