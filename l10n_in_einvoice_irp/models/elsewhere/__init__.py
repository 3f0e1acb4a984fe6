from . import ewaybill
from . import fetching
from . import account_move
