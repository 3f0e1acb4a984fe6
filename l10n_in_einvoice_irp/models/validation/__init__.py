from . import validator
from . import validator_fields
from . import validator_text
from . import validator_lines
from . import validator_odoo
from . import validator_retail
from . import validator_parties
