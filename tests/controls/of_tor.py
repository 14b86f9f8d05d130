"""Controls of the onion service: its key, its socket, its defence, and who may call itself a circuit."""

from tests.controls.control import Control

_CONTROL = "app/onion/control.py"
_TOR = "app/onion/tor.py"
_TORRC = "app/onion/torrc.py"
_SOCKET = "app/onion/socket.py"
_KEEPER = "app/onion/keeper.py"
_OWN = "onion/test_keeper.py::test_tor_of_our_own_has_the_service_and_its_files_are_its_owners"

# fmt: off
CONTROLS = (
    Control("onion key in no log", "G11", _CONTROL, 'logging.getLogger("stem").disabled = True', "_ = logging", "onion/test_keeper.py::test_key_is_in_no_log"),
    Control("onion key for its owner", "G11", _TOR, "fresh.touch(mode=0o600, exist_ok=False)", "fresh.touch(mode=0o644, exist_ok=False)", _OWN),
    Control("circuits told apart", "G8", _TORRC, '"HiddenServiceExportCircuitID haproxy"', '"HiddenServiceExportCircuitID none"', _OWN),
    Control("work against floods", "G4", _TORRC, '"HiddenServicePoWDefensesEnabled 1"', '"HiddenServicePoWDefensesEnabled 0"', _OWN),
    Control("work against floods, added", "G4", _TORRC, '"PoWDefensesEnabled=1 ', '"PoWDefensesEnabled=0 ', "onion/test_torrc_files.py::test_service_added_over_the_control_port_defends_itself_alike"),
    Control("socket for tor alone", "G3", _SOCKET, "if path.parent.stat().st_mode & 0o007:", "if False:", "onion/test_control.py::test_socket_in_a_folder_that_is_open_to_others_is_refused"),
    Control("who answers is asked first", "G12", _CONTROL, "        _require_tor(control)\n", "", "onion/test_control.py::test_what_is_not_tor_is_seen"),
    Control("stale words of tor", "G12", _KEEPER, "if is_told_by_tor and monotonic() - self._looked_at > STALE_S:", "if False:", "onion/test_keeper.py::test_tor_that_hangs_shows_as_silent_and_holds_nobody_up"),
    Control("circuits only of a tor of ours", "G8", "app/cli/onion.py", "tells_circuits=tor.is_ours", "tells_circuits=True", "onion/test_serving.py::test_circuit_is_believed_only_where_tor_tells_it"),
)
# fmt: on
