"""How much of what takes long is tested, and by which chance.

``bin/test`` runs a slice that ``IRP_SEED`` chooses, ``bin/test --long`` all of it.
"""

import os
import random

SEED = os.environ.get("IRP_SEED") or str(random.SystemRandom().randrange(10**6))


def size(variable: str, part: int, whole: int) -> int:
    """How many; a number in the environment's `variable` overrides both."""
    chosen = whole if os.environ.get("IRP_LONG") else part
    return int(os.environ.get(variable) or chosen)
