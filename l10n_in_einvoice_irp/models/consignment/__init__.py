from . import ewaybill
from . import generation
from . import request
from . import need
from . import offline
from . import account_move
from . import document_guard
