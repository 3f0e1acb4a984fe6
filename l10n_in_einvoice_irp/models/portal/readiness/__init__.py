from . import credential
from . import res_company
