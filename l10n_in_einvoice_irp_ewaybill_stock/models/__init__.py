from . import l10n_in_ewaybill
from . import stock_picking
