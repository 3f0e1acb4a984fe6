from . import document
from . import account_move
from . import document_errors
from . import document_adoption
from . import document_display
from . import document_reconciliation
from . import res_company
