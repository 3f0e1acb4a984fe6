from . import test_one_ewaybill
from . import test_take_over
