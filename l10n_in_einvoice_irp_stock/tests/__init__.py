from . import test_transfer
from . import test_kinds
