from . import account_move
from . import legal_texts
from . import res_company
from . import res_country_state
from . import res_lang
