from . import document
from . import account_move
from . import link_guard
from . import pending
from . import res_company
from . import signing_key
from . import validator_numbers
from . import bulk_upload
