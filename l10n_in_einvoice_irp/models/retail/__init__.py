from . import product_product
from . import product_template
from . import account_tax
from . import account_move_line
from . import account_move
