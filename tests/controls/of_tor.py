"""Controls of the onion service: its key, its socket, its defence, and who may call itself a circuit."""

from tests.controls.control import Control

_CONTROL = "app/onion/control.py"
_TOR = "app/onion/tor.py"
_TORRC = "app/onion/torrc.py"
_SOCKET = "app/onion/socket.py"
_KEEPER = "app/onion/keeper.py"
_OUT = "app/onion/through_tor.py"
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
    Control("a list of hosts over Tor", "SSRF", _OUT, 'if wanted.url.host.decode("ascii") not in self._hosts:', "if False:", "web/test_over_tor.py::test_host_that_is_not_on_the_list_is_not_asked"),
    Control("no lookup of onions", "RFC 7686", "app/web/outbound.py", 'if is_onion(asked.url.raw_host.decode("ascii")):', "if False:", "web/test_over_tor.py::test_onion_address_is_not_asked_for_without_tor"),
    Control("names told to tor", "no DNS", _OUT, r'b"\x05\x01\x00\x03"', r'b"\x05\x01\x00\x01"', "web/test_over_tor.py::test_name_is_told_to_tor_and_looked_up_nowhere_else"),
    Control("partners apart", "isolated by partner", _OUT, r'b"\x01" + said + b"\x01-"', r'b"\x01\x01-\x01-"', "web/test_over_tor.py::test_partners_are_kept_apart_by_their_user_names"),
    Control("answers over Tor end", "caps on time", _OUT, "        if left <= 0:", "        if False:", "web/test_over_tor.py::test_head_that_drips_ends_in_time"),
    Control("all over Tor", "one way", "app/settings.py", "        if not self.tor_socks:", "        if not self.tor_socks or not is_onion(host_of(address)):", "web/test_over_tor.py::test_settings_say_who_is_asked_over_tor"),
)
# fmt: on
