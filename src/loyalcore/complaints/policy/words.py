"""Words that were most likely mistyped: hosts may use their own, but not by accident."""

from collections.abc import Iterable

from loyalcore.complaints.policy.signals import Signal

ONLINE = ("online", "web", "mail", "email", "chat", "social")
"""The channels that the house rules take for online."""
CHANNELS = (*ONLINE, "app", "counter", "letter", "phone")
SIGNALS = frozenset(signal.value for signal in Signal)
KNOWN = {"channel": frozenset(CHANNELS), "severity": frozenset({"urgent"})}
_SHORT = 5


def mistyped(word: str, known: Iterable[str]) -> str | None:
    """Give the known word that another one was most likely meant to be.

    That is one that differs by its capitals, hyphens and spaces only, or by a single slip: a letter
    more, less, another, or two that changed places. Words of fewer than five letters are too near
    to one another to say, and words with other digits are meant to differ.

    >>> mistyped("recieved", ["received", "reviewed"])
    'received'
    >>> mistyped("Online", ["online"])
    'online'
    >>> mistyped("tier2", ["tier1"]) is None
    True
    """
    plain = _plain(word)
    candidates = sorted(known)
    for other in candidates:
        if _plain(other) == plain and other != word:
            return other
    if len(plain) < _SHORT:
        return None
    return next((other for other in candidates if other != word and _near(plain, other)), None)


def _plain(word: str) -> str:
    return word.casefold().replace("-", "_").replace(" ", "_")


def _near(word: str, known: str) -> bool:
    """Say whether one slip of the hand leads from one word to the other."""
    other = _plain(known)
    if len(other) < _SHORT or _digits(word) != _digits(other):
        return False
    start = 0
    while start < min(len(word), len(other)) and word[start] == other[start]:
        start += 1
    a, b = word[start:], other[start:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return max(len(a), len(b)) <= 1 or (len(a) == 2 and a == b[::-1])


def _digits(word: str) -> str:
    return "".join(letter for letter in word if letter.isdigit())
