from . import document
from . import account_move
from . import document_adoption
from . import submission_status
from . import document_display
from . import document_reconciliation
from . import res_company
