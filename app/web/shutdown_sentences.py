"""What pages, feeds and bulletins say while their host is in shutdown mode."""

from typing import Final

from .sentences import gettext_noop as _

SINCE: Final = _("Shutdown mode since %(day)s: the network is cut, or may be cut at any hour.")
ADVICE: Final = _(
    "Take the newest files along while there is a link, and hand them on. Write answers offline; whoever has a link hands them in for you. Officials’ clocks stand still until it is over."
)
