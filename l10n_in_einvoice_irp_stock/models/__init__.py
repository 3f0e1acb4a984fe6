from . import ewaybill
from . import matching
from . import request
from . import stock_picking
