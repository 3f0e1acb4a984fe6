from . import account_move
from . import l10n_in_ewaybill
from . import document_adoption
from . import take_over
from . import l10n_in_irp_ewaybill
