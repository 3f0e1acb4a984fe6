from . import ewaybill
from . import matching
from . import request
from . import goods
from . import stock_move
from . import stock_picking
from . import places
from . import account_move
