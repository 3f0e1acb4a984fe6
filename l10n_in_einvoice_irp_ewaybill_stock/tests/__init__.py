from . import test_one_ewaybill
