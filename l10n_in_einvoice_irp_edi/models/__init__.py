from . import res_company
from . import document_adoption
from . import document_results
from . import account_move
from . import account_move_send
