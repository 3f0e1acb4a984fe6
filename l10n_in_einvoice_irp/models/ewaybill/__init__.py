from . import ewaybill
from . import offers
from . import validity
from . import transport
from . import ewaybill_finding
from . import ewaybill_display
from . import ewaybill_print
from . import account_move
