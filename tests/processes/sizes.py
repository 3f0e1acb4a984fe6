"""The sizes of long tests, and the seed of their random choices.

``bin/test`` runs a slice chosen by ``IRP_SEED``, ``bin/test --long`` all of it.
"""

import os
import random

SEED = os.environ.get("IRP_SEED") or str(random.SystemRandom().randrange(10**6))


def size(variable: str, part: int, whole: int) -> int:
    """Return `whole` for a long run, else `part`; the environment's `variable` wins."""
    chosen = whole if os.environ.get("IRP_LONG") else part
    return int(os.environ.get(variable) or chosen)
