"""The garbage collector of processes that live long, and make and drop thousands of objects in every batch."""

import gc


def settle_memory() -> None:
    """Have it leave alone what lives as long as the process, and look at the rest less often.

    Batches drop their objects without a cycle: looking at them takes time in vain.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
