"""A measure on the line of whole numbers: how much of a stretch is marked, at any distance.

Instants in microseconds, or dates by number: the line is cut into blocks, each worked out when it
is first needed. The sums of blocks are kept as far as they were asked for, so that a stretch of ten
years costs what one of three days costs.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import NamedTuple

import attrs

from loyalcore.timing.spans import merged

_MOST_BLOCKS = 256

Spans = list[tuple[int, int]]


class OffTheLine(Exception):
    """What was sought does not lie between the ends of the line.

    Attributes:
        forwards: in which direction it was sought.
    """

    def __init__(self, forwards: bool) -> None:
        super().__init__(forwards)
        self.forwards = forwards


class _Block(NamedTuple):
    """What is marked in one block.

    Attributes:
        edges: where marks begin and end, by turns.
        offsets: for a place behind so many edges, what to add for the sum marked up to there: to
            nothing behind an end, to the place itself behind a beginning.
        sums: how much is marked up to the end of each mark.
    """

    edges: list[int]
    offsets: list[int]
    sums: list[int]

    @property
    def total(self) -> int:
        return self.sums[-1] if self.sums else 0


def _block(marks: Spans) -> _Block:
    sums = list(accumulate(end - start for start, end in marks))
    offsets, before = [0], 0
    for (start, _), upto in zip(marks, sums, strict=True):
        offsets += [before - start, upto]
        before = upto
    return _Block([edge for mark in marks for edge in mark], offsets, sums)


@attrs.define(eq=False)
class Timeline:
    """Marked stretches between two ends of the line.

    Whoever asks looks first whether the places lie between the ends.

    Attributes:
        marks: gives the marked spans that touch a stretch, in any order.
        shift: a block is 2 ** shift long.
        first: the first place.
        last: the end, which no longer belongs to the line.
    """

    marks: Callable[[int, int], Spans]
    shift: int
    first: int
    last: int
    _blocks: dict[int, _Block] = attrs.field(factory=dict, init=False)
    # The number of a first block, and how much lies before each from there on. Replaced as a
    # whole, so that threads may read on.
    _known: tuple[int, list[int]] = attrs.field(default=(0, []), init=False)

    def measure(self, low: int, high: int) -> int:
        """Give how much is marked from one place to another; less than nothing backwards."""
        key, last = low >> self.shift, high >> self.shift
        one = self._blocks.get(key) or self._load(key)
        i = bisect_right(one.edges, low)
        before = one.offsets[i] + low if i & 1 else one.offsets[i]
        if last == key:
            j = bisect_right(one.edges, high)
            return (one.offsets[j] + high if j & 1 else one.offsets[j]) - before
        other = self._blocks.get(last) or self._load(last)
        j = bisect_right(other.edges, high)
        upto = other.offsets[j] + high if j & 1 else other.offsets[j]
        start, sums = self._known
        end = start + len(sums)
        if not (start <= key < end and start <= last < end):
            start, sums = self._reach(key, last)
        return upto + sums[last - start] - before - sums[key - start]

    def marked(self, place: int) -> bool:
        """Say whether a place is marked."""
        block = self._load(place >> self.shift)
        return bool(bisect_right(block.edges, place) & 1)

    def earliest(self, place: int, amount: int) -> int:
        """Give the first place up to which so much (more than nothing) is marked from here on.

        Raises:
            OffTheLine: so much is not marked.
        """
        key, wanted = self._wanted(place, amount)
        block = self._load(key)
        if wanted > block.total:
            key, wanted = self._ahead(key, wanted, bisect_left)
            block = self._load(key)
        i = bisect_left(block.sums, wanted)
        return block.edges[2 * i + 1] - (block.sums[i] - wanted)

    def latest(self, place: int, amount: int) -> int:
        """Give the last place up to which no more than so much is marked from here on.

        Raises:
            OffTheLine: no more than that is marked, up to the end.
        """
        key, wanted = self._wanted(place, amount)
        block = self._load(key)
        if wanted >= block.total:
            key, wanted = self._ahead(key, wanted, bisect_right)
            block = self._load(key)
        i = bisect_right(block.sums, wanted)
        return block.edges[2 * i + 1] - (block.sums[i] - wanted)

    def back(self, place: int, amount: int) -> int:
        """Give the last place from which so much (more than nothing) is marked up to here.

        Raises:
            OffTheLine: so much is not marked.
        """
        key, wanted = self._wanted(place, -amount)
        if wanted < 0:
            key, wanted = self._behind(key, wanted)
        block = self._load(key)
        i = bisect_right(block.sums, wanted)
        return block.edges[2 * i + 1] - (block.sums[i] - wanted)

    def until(self, place: int, limit: int) -> int | None:
        """Give the end of the mark that holds a place; None when it reaches a limit."""
        key = place >> self.shift
        while place < limit:
            edges = self._load(key).edges
            end = edges[bisect_right(edges, place)]
            key += 1
            if end < key << self.shift or not self.marked(end):
                return end if end < limit else None
            place = end
        return None

    def spans(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Give the marked spans of a stretch in order, cut at its ends, joined over blocks."""
        held: tuple[int, int] | None = None
        for key in range(low >> self.shift, (high - 1 >> self.shift) + 1):
            edges = self._load(key).edges
            for start, end in zip(edges[::2], edges[1::2], strict=True):
                span = max(start, low), min(end, high)
                if span[0] >= span[1]:
                    continue
                if held is not None and held[1] == span[0]:
                    span = held[0], span[1]
                elif held is not None:
                    yield held
                held = span
        if held is not None:
            yield held

    # --- blocks and their sums -------------------------------------------------------------------

    def _wanted(self, place: int, amount: int) -> tuple[int, int]:
        """Give a place's block, and the sum sought, counted from the block's beginning.

        Raises:
            OffTheLine: more is sought than the line is long.
        """
        room = self.last - place if amount > 0 else place - self.first
        if abs(amount) > max(0, room):
            raise OffTheLine(forwards=amount > 0)
        key = place >> self.shift
        block = self._load(key)
        i = bisect_right(block.edges, place)
        return key, block.offsets[i] + (place if i & 1 else 0) + amount

    def _load(self, key: int) -> _Block:
        block = self._blocks.get(key)
        if block is None:
            block = self._made(key)
            if len(self._blocks) >= _MOST_BLOCKS:
                self._blocks.pop(next(iter(list(self._blocks))), None)
            self._blocks[key] = block
        return block

    def _made(self, key: int) -> _Block:
        low = max(self.first, key << self.shift)
        high = min(self.last, (key + 1) << self.shift)
        if low >= high:
            return _block([])
        cut = ((max(low, start), min(high, end)) for start, end in self.marks(low, high))
        return _block(merged(cut))

    def _reach(self, key: int, last: int) -> tuple[int, list[int]]:
        """Know the sums before two blocks."""
        low, high = (key, last) if key < last else (last, key)
        start, sums = self._known
        if start <= low and high < start + len(sums):
            return start, sums
        if not sums:
            start, sums = low, [0]
        if low < start:
            totals = [self._load(each).total for each in range(low, start)]
            start, sums = low, [*accumulate(totals, initial=sums[0] - sum(totals)), *sums[1:]]
        end = start + len(sums) - 1
        if high > end:
            more = (self._load(each).total for each in range(end, high))
            sums = [*sums[:-1], *accumulate(more, initial=sums[-1])]
        self._known = start, sums
        return start, sums

    def _ahead(
        self, key: int, wanted: int, find: Callable[[list[int], int], int]
    ) -> tuple[int, int]:
        """Give the block in which a sum is reached (passed, with bisect_right), and its rest."""
        start, sums = self._reach(key, key + 1)
        target = sums[key - start] + wanted
        end = self.last - 1 >> self.shift
        while (i := find(sums, target)) == len(sums):
            known = start + len(sums) - 1
            if known > end:
                raise OffTheLine(forwards=True)
            # Twice as far each time, so that little is worked out for nothing.
            start, sums = self._reach(key, min(end + 1, known + max(1, known - key)))
        return start + i - 1, target - sums[i - 1]

    def _behind(self, key: int, wanted: int) -> tuple[int, int]:
        """Give the last block before which no more than a sum lies, and the sum's rest."""
        start, sums = self._reach(key, key)
        target = sums[key - start] + wanted
        begin = self.first >> self.shift
        while sums[0] > target:
            if start <= begin:
                raise OffTheLine(forwards=False)
            start, sums = self._reach(max(begin, start - max(1, key - start)), key)
        i = bisect_right(sums, target)
        return start + i - 1, target - sums[i - 1]
