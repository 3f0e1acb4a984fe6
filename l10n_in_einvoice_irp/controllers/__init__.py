from . import metrics
from . import portal
