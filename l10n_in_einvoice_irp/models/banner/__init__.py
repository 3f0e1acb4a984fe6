from . import account_move
from . import credential_banner
from . import faults_banner
