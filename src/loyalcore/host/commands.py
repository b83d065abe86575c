"""Commands to a host, one, several or many, and its forgetting."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice

from loyalcore.decider import Command
from loyalcore.errors import InvalidValue
from loyalcore.journal.acts import Ask, BatchReport, BatchStep, Outcome, Refusal, Submission
from loyalcore.journal.deciding import Deciding
from loyalcore.journal.store import Erased


def _is_pair(act: object) -> bool:
    return isinstance(act, tuple) and len(act) == 2


def _is_submission(one: object) -> bool:
    return isinstance(one, Submission)


class Commands:
    """What a host is asked to do."""

    _deciding: Deciding

    def submit(self, stream: str, command: Command, *, key: str) -> Outcome:
        """Decide a command and write what comes of it.

        Args:
            stream: such as `loyalty/bluebird/ann`.
            command: what is asked.
            key: unique in the store; the same key with the same command again gives the first
                outcome back and writes nothing.

        Raises:
            Refused: the rules forbid it; nothing is written and the key stays free.
            KeyReused: the key was used for another command.
            Contention: other writers were always first.
        """
        return self.submit_all(key, [(stream, command)])

    def submit_all(self, key: str, acts: Sequence[tuple[str, Command]]) -> Outcome:
        """Decide several commands on several streams as one act: all of it or none.

        Raises:
            Refused: one of them is refused, so all are.
            InvalidValue: there is none.
            KeyReused, Contention: as for `submit`.
        """
        pairs = tuple(acts)
        if not pairs or not all(_is_pair(pair) for pair in pairs):
            raise InvalidValue("submit_all.acts", acts, "give at least one (stream, command)")
        (result,) = self._deciding.act([Ask(key, pairs)])
        if isinstance(result, Refusal):
            raise result.error
        return result

    def submit_many(
        self,
        submissions: Iterable[Submission],
        *,
        chunk: int = 500,
        progress: Callable[[BatchStep], None] | None = None,
    ) -> BatchReport:
        """Decide many commands, a transaction a chunk, grouped by stream within it.

        The commands of one stream are decided in the order given. A refused one is its own
        result and leaves the rest of its chunk alone; an error of the store ends the batch, and
        sending it again goes on where it stopped.

        Args:
            submissions: read as they are needed, never all at once.
            chunk: how many commands a transaction holds.
            progress: called after each chunk is stored.
        """
        if chunk < 1:
            raise InvalidValue("submit_many.chunk", chunk, "give 1 or more")
        source = iter(submissions)
        done = replayed = 0
        refused: list[Refusal] = []
        while batch := list(islice(source, chunk)):
            strange = [one for one in batch if not _is_submission(one)]
            if strange:
                raise InvalidValue("submit_many", strange[0], "give a Submission for each command")
            results = self._deciding.act([Ask(s.key, ((s.stream, s.command),)) for s in batch])
            done += len(batch)
            replayed += sum(isinstance(r, Outcome) and r.replayed for r in results)
            refused += [r for r in results if isinstance(r, Refusal)]
            if progress is not None:
                progress(BatchStep(done, tuple(results)))
        return BatchReport(done, replayed, tuple(refused))

    def forget(self, stream: str, at: datetime | None = None) -> Erased:
        """Forget a stream: close what is open on it, erase all else, and leave a tombstone.

        Its events, texts, snapshot, command keys and parked events go; what stays are the events
        by which it ended. From then on whatever is sent to it is refused.

        Args:
            stream: such as `loyalty/bluebird/ann`.
            at: when; the host's clock by default.

        Returns:
            How much was erased.

        Raises:
            Forgotten: that has been done.
            NotForgettable: the stream does not exist, or must stay.
            Contention: other writers were always first.
        """
        return self._deciding.forget(stream, at)
