from . import log
from . import document
