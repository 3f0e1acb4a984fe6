from . import res_company
from . import l10n_in_irp_adoption
from . import l10n_in_irp_outcome
from . import account_move
from . import account_move_send
