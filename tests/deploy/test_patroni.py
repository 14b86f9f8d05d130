"""The database hosts' file: who is let in, and that nothing between hosts is readable."""

from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it brings no types

SCALING = Path(__file__).resolve().parents[2] / "deploy" / "scaling"


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What the file says."""
    made: dict[str, Any] = yaml.safe_load((SCALING / "patroni.yml").read_text(encoding="utf-8"))
    return made


def test_nobody_is_let_in_without_a_certificate_but_the_hosts_own_account(
    told: dict[str, Any],
) -> None:
    lines = [line.split() for line in told["postgresql"]["pg_hba"]]
    assert lines[0] == ["local", "all", "postgres", "peer"]
    assert {(line[0], line[-1]) for line in lines[1:]} == {("hostssl", "cert")}
    assert {line[2] for line in lines[1:]} == {"postgres", "replicator", "goftogu"}
    assert {"auth-local": "peer"} in told["bootstrap"]["initdb"]
    assert {"auth-host": "reject"} in told["bootstrap"]["initdb"]


def test_everything_between_hosts_is_encrypted_and_verified(told: dict[str, Any]) -> None:
    assert told["postgresql"]["parameters"]["ssl"] == "on"
    for role in told["postgresql"]["authentication"].values():
        assert role["sslmode"] == "verify-full"
        assert "password" not in role
    assert told["etcd3"]["protocol"] == "https"
    assert {"cacert", "cert", "key"} <= told["etcd3"].keys()
    assert {"certfile", "keyfile", "cafile"} <= told["restapi"].keys()
    assert told["restapi"]["verify_client"] in {"optional", "required"}
    checks = (SCALING / "haproxy.cfg").read_text(encoding="utf-8")
    assert checks.count("port 8008") == checks.count("check-ssl verify required ca-file ") == 2
    assert "server_tls_sslmode = verify-ca\n" in (SCALING / "pgbouncer.ini").read_text("utf-8")
