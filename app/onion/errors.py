"""What can be wrong with tor, as one error that carries the keeper's next state."""

from app.kernel.errors import UnavailableError

from .model import State


class TorError(UnavailableError):
    """Tor cannot publish the service now; the clear web goes on."""

    code = "tor-unavailable"

    def __init__(self, state: State) -> None:
        super().__init__(state.value)
        self.state = state
