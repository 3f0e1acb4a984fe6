from . import l10n_in_irp_cancel
from . import l10n_in_irp_ewaybill_cancel
from . import l10n_in_irp_check
from . import l10n_in_irp_check_line
from . import l10n_in_irp_preview
