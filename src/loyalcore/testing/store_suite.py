"""The suite that every store must pass: subclass it, say how to make one, and run pytest."""

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from loyalcore.testing.rules import rule
from loyalcore.testing.store_crashes import CrashTests
from loyalcore.testing.store_erasure import ErasureTests
from loyalcore.testing.store_keys import KeyTests
from loyalcore.testing.store_log import LogTests
from loyalcore.testing.store_model import StoreMachine
from loyalcore.testing.store_processes import ProcessTests
from loyalcore.testing.store_state import StateTests
from loyalcore.testing.store_streams import StreamTests


class StoreSuite(
    StreamTests, KeyTests, LogTests, StateTests, ErasureTests, CrashTests, ProcessTests
):
    """Hold a store to the port's contract.

    Override `make_store`. Set `durable` and override `reopen` if what is stored outlives the store;
    set `processes` and override `opener` if other processes can open it. Without them the tests of
    these abilities are skipped.
    """

    @rule("J1.4", "J2.2", "J4.2", "J5.2", "J6.1", "J8.2", "J9.1")
    def test_any_history(self) -> None:
        """Whatever is done in whatever order, all that can be read is what was done."""
        suite = self

        class Machine(StoreMachine):
            case = suite

        base = self.settings()
        share = max(1, base.max_examples // 4)
        run_state_machine_as_test(
            Machine, settings=settings(base, max_examples=share, stateful_step_count=20)
        )
