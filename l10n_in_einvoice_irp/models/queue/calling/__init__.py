from . import placement
from . import res_company
