"""A good notifier passes the suite; each planted fault is caught by the test of its rule."""

from collections.abc import Callable, Hashable, Sequence
from itertools import count
from typing import Any

import attrs
import pytest

from loyalcore.journal import Delivery, StreamForgotten
from loyalcore.loyalty import MemberEnrolled, PointsRedeemed, PurchaseRecorded
from loyalcore.testing import NotifierSuite
from tests.journal.pickled_store import first_failure

KNOWN = (MemberEnrolled, PurchaseRecorded, PointsRedeemed, StreamForgotten)


@attrs.define
class Post:
    """A world that sees letters, and knows each by the number that its sender gave it."""

    letters: dict[object, tuple[object, str]] = attrs.Factory(dict)
    numbers: set[int] = attrs.Factory(set)

    def deliver(self, number: object, text: str) -> None:
        self.letters.setdefault(number, (number, text))

    @property
    def seen(self) -> list[Hashable]:
        return list(self.letters.values())


class Mailer:
    """A notifier that numbers its letters by position and leaves the rest to the post."""

    name = "mailer"

    def __init__(self, post: Post) -> None:
        self.post = post

    def notify(self, delivery: Delivery) -> None:
        if isinstance(delivery.event, KNOWN):
            self.send(delivery)

    def send(self, delivery: Delivery) -> None:
        self.post.deliver(delivery.position, f"{delivery.stream} {type(delivery.event).__name__}")


class MailerCase(NotifierSuite):
    """Run the suite on a notifier before a post of its own."""

    kind: type[Mailer] = Mailer

    def make_notifier(self) -> Mailer:
        return self.kind(Post())

    def restart(self, notifier: Any) -> Mailer:
        return self.kind(notifier.post)

    def effects(self, notifier: Any) -> Sequence[Hashable]:
        return notifier.post.seen


class TestMailer(MailerCase):
    """The good notifier keeps the contract."""


LETTERS = count()


class Twice(Mailer):
    """Sends a letter each time it is told."""

    def send(self, delivery: Delivery) -> None:
        self.post.deliver(next(LETTERS), delivery.stream)


class Forgetful(Twice):
    """Remembers what it sent for as long as it lives."""

    def __init__(self, post: Post) -> None:
        super().__init__(post)
        self.sent: set[int] = set()

    def send(self, delivery: Delivery) -> None:
        if delivery.position not in self.sent:
            self.post.deliver(delivery.position + len(self.sent) / 100, delivery.stream)
            self.sent.add(delivery.position)


class NewestFirst(Mailer):
    """Puts each letter on top of the pile."""

    def send(self, delivery: Delivery) -> None:
        before = self.post.letters
        self.post.letters = {}
        super().send(delivery)
        self.post.letters = {**self.post.letters, **before}


class InPairs(Mailer):
    """Waits until it has two letters to send."""

    def __init__(self, post: Post) -> None:
        super().__init__(post)
        self.waiting: list[Delivery] = []

    def send(self, delivery: Delivery) -> None:
        self.waiting.append(delivery)
        if len(self.waiting) == 2:
            for one in self.waiting:
                super().send(one)
            self.waiting = []


class HighWater(Mailer):
    """Takes for known whatever stands before the last it heard of."""

    def send(self, delivery: Delivery) -> None:
        if delivery.position > max(self.post.numbers, default=0):
            super().send(delivery)
            self.post.numbers.add(delivery.position)


class NotedFirst(Mailer):
    """Notes that a letter was sent, and then sends it."""

    def send(self, delivery: Delivery) -> None:
        if delivery.position not in self.post.numbers:
            self.post.numbers.add(delivery.position)
            super().send(delivery)


class NotedLater(Twice):
    """Sends a letter, and then notes that it was sent."""

    def send(self, delivery: Delivery) -> None:
        if delivery.position not in self.post.numbers:
            super().send(delivery)
            self.post.numbers.add(delivery.position)


class Choosy(Mailer):
    """Cannot stand what it does not know."""

    def notify(self, delivery: Delivery) -> None:
        words = {"MemberEnrolled": "welcome", "SomethingElse": None}
        if words.get(type(delivery.event).__name__, "") is None:
            raise KeyError(type(delivery.event).__name__)
        super().notify(delivery)


class Nameless(Mailer):
    """Has an empty name."""

    name = ""


class Renamed(Mailer):
    """Has a name for each process."""

    def __init__(self, post: Post) -> None:
        super().__init__(post)
        self.name = f"mailer {next(LETTERS)}"


class Deaf(Mailer):
    """Does nothing."""

    def notify(self, delivery: Delivery) -> None:
        pass


@pytest.mark.parametrize(
    ("kind", "test", "words"),
    [
        (Nameless, NotifierSuite.test_the_name_is_for_ever, "printable"),
        (Renamed, NotifierSuite.test_the_name_is_for_ever, "the name was"),
        (Twice, NotifierSuite.test_told_again_it_does_nothing, "was told again"),
        (Forgetful, NotifierSuite.test_told_again_it_does_nothing, "was told again"),
        (NewestFirst, NotifierSuite.test_order_is_kept, "was told"),
        (InPairs, NotifierSuite.test_order_is_kept, "was told"),
        (HighWater, NotifierSuite.test_what_was_parked_has_its_effect_later, "told last"),
        (NotedFirst, NotifierSuite.test_a_crash_at_any_line_is_survived, "it died"),
        (NotedLater, NotifierSuite.test_a_crash_at_any_line_is_survived, "it died"),
        (Choosy, NotifierSuite.test_other_events_are_taken, "SomethingElse"),
        (
            Forgetful,
            NotifierSuite.test_behind_a_relay_that_crashes_the_world_sees_everything_once,
            "crashed and went on",
        ),
        (Deaf, NotifierSuite.test_the_world_sees_something, "no event had an effect"),
    ],
)
def test_a_bad_notifier_is_caught(
    kind: type[Mailer], test: Callable[[NotifierSuite], None], words: str
) -> None:
    """It fails the test of the rule it breaks, in words that say what is wrong."""

    class Case(MailerCase):
        def settings(self) -> Any:
            return first_failure(200)

    Case.kind = kind
    with pytest.raises((AssertionError, KeyError), match=words):
        test(Case())
