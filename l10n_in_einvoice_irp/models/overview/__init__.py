from . import log
from . import document
from . import account_journal
from . import ewaybills
