from . import ewaybill
from . import request
from . import stock_picking
