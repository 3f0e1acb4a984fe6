from . import test_transfer
from . import test_kinds
from . import test_orders
