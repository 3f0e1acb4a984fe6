from . import account_move
from . import document_banner
from . import faults_banner
