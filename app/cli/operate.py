"""Commands for who hosts an instance.

Each loads what it needs when it runs, so that keys are made and records signed without waiting for
a database and a web server to load.
"""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from typing import Annotated, Any, Final

import typer

from .opened import opened_house
from .output import emit, emit_json, remark

_UNIX: Final = "unix:"
Staff = Annotated[
    str, typer.Option(help="HOST:PORT on loopback for /metrics and /healthz; none if empty.")
]

Onion = Annotated[
    bool,
    typer.Option(
        "--onion",
        help="Publish an onion service too, by the tor at GOFTOGU_TOR_CONTROL or our own.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(init)
    app.command()(serve)
    app.command()(worker)
    app.command()(seed)
    app.command()(check)


def init() -> None:
    """Make an instance in GOFTOGU_DATA: keys, database, card. Asks nothing; may be repeated."""
    from app import wiring
    from app.settings import Settings

    settings = Settings()
    house = wiring.init_house(settings)
    remark(f"Instance ready in {settings.data}.")
    emit(house.door.instance_did)


def serve(
    listen: Annotated[
        str, typer.Option(help="HOST:PORT, or unix:PATH behind a front server.")
    ] = "127.0.0.1:8000",
    staff: Staff = "",
    stewards: Annotated[
        str, typer.Option(help="PATH of a unix socket for stewards, at GOFTOGU_STAFF_ORIGIN.")
    ] = "",
    onion: Onion = False,
    apart: Annotated[
        bool, typer.Option("--apart", help="Pages alone: `goftogu worker` runs apart.")
    ] = False,
) -> None:
    """Run the forum: pages, and the worker beside them."""
    from app import wiring
    from app.main import create_app
    from app.settings import Settings
    from app.web.logs import begin_logs
    from app.web.server import Server, make_config, open_socket

    from .onion import kept_published, plan_onion
    from .retired import is_retired, serve_retired

    settings = Settings()
    place = _place_of(listen, settings.origin)
    if is_retired(settings.data):
        serve_retired(settings.data, settings.origin or f"http://{listen}", listen, place)
        return
    _require_loopback(staff)
    if stewards and not settings.staff_origin:
        raise typer.BadParameter("set GOFTOGU_STAFF_ORIGIN as well", param_hint="--stewards")
    # Files that we make are ours alone.
    os.umask(0o077)
    house = wiring.open_house(settings)
    if not (settings.read_only or apart):
        wiring.migrate_if_older(house)
    origin = f"http://{listen}"
    stop = Event()
    begin_logs(house.clock)
    plan = plan_onion(house, is_asked=onion)
    keeper = plan and plan.keeper
    beside = nullcontext() if apart else _working_beside(house, stop)
    with closing(house), beside, _staff_served(house, staff, keeper):
        remark(f"Goftogu listens on {settings.origin or origin}/")
        app = create_app(house, origin, is_alone=not apart)
        others = _open_beside(app, plan, settings.staff_origin, stewards)
        config = make_config(app, http=_http_of(settings.origin), **place)
        taken = None if place else [open_socket(Path(listen.removeprefix(_UNIX)))]
        with kept_published(plan):
            Server(config, app.state.site.streams, others).run(taken)


@contextmanager
def _working_beside(house: Any, stop: Event) -> Iterator[None]:
    """Run the worker in a thread for the length of a block."""
    from app import worker as worker_process

    with worker_process.only_worker(house.settings.data):
        thread = Thread(target=worker_process.run, args=(house, stop), name="worker")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def _open_beside(app: Any, plan: Any, staff_origin: str, stewards: str) -> list[Any]:
    """Open the sockets that are served beside the web's; who keeps the onion published is heard."""
    from app.main import open_onion, open_staff

    opened = []
    if plan:
        opened.append(open_onion(app, plan.socket, tells_circuits=plan.tells_circuits))
    if plan and plan.keeper:
        app.state.tell_onion = lambda: plan.keeper.status
        if plan.tells_circuits:
            app.state.site.circuits.close = plan.keeper.end_circuit
    if stewards:
        opened.append(open_staff(app, staff_origin, Path(stewards)))
    return opened


def _place_of(listen: str, origin: str) -> dict[str, Any]:
    """Return uvicorn's options for a place on the network; none for a unix socket."""
    if not listen.startswith(_UNIX):
        host, port = _parse_address(listen, "--listen")
        return {"host": host, "port": port}
    if not origin:
        raise typer.BadParameter("set GOFTOGU_ORIGIN as well", param_hint="--listen")
    return {}


def _http_of(origin: str) -> Any:
    """Return what reads requests, for uvicorn.

    Who names an origin has a front server that meets the readers, so the fast reader will do.
    Where readers reach us themselves it is h11, which is in Python and strict.
    """
    from app.web.circuits import PatientH11

    return "httptools" if origin else PatientH11


def _parse_address(address: str, option: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise typer.BadParameter("give HOST:PORT", param_hint=option)
    return host.strip("[]"), int(port)


def _require_loopback(staff: str) -> None:
    if staff and not _is_loopback(_parse_address(staff, "--staff")[0]):
        raise typer.BadParameter("only a loopback address: 127.0.0.1:PORT", param_hint="--staff")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        # A name could lead elsewhere tomorrow, whatever it leads to now.
        return False


@contextmanager
def _staff_served(house: Any, staff: str, keeper: Any = None) -> Iterator[None]:
    """Serve the operator's own addresses for the length of a block, if a place is given."""
    if not staff:
        yield
        return
    import uvicorn

    from app.main import create_staff_app

    host, port = _parse_address(staff, "--staff")
    config = uvicorn.Config(
        create_staff_app(house, f"http://{staff}", keeper),
        # Nothing stands before it.
        http="h11",
        proxy_headers=False,
        access_log=False,
        server_header=False,
        log_config=None,
        limit_concurrency=16,
    )
    server = uvicorn.Server(config)
    # Taken here, so that a port in use ends the command and not a thread that nobody watches.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.create_server((host, port), family=family)
    thread = Thread(target=server.run, kwargs={"sockets": [taken]}, name="staff")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        taken.close()


def worker(staff: Staff = "") -> None:
    """Run the worker alone, beside web processes that were started apart."""
    from app import wiring
    from app import worker as worker_process
    from app.settings import Settings
    from app.web.logs import begin_logs

    _require_loopback(staff)
    # Files that we make are ours alone.
    os.umask(0o077)
    settings = Settings()
    house = wiring.open_house(settings)
    stop = Event()
    with worker_process.only_worker(settings.data), _staff_served(house, staff):
        begin_logs(house.clock)
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        worker_process.run(house, stop)


def seed() -> None:
    """Fill a fresh instance with a village to look at, and print its demo log-ins."""
    from app import wiring
    from app.settings import Settings

    from . import village

    house = wiring.init_house(Settings())
    logins = village.settle(house.settings)
    for name, passphrase in logins:
        emit(f"{name}\t{passphrase}")


def check(
    as_json: Annotated[bool, typer.Option("--json", help="Print for a program.")] = False,
    running: Annotated[
        bool,
        typer.Option("--running", help="What a running one must show, too: ticks, listeners, …"),
    ] = False,
    at: Annotated[str, typer.Option(help="Where it should answer; GOFTOGU_ORIGIN if empty.")] = "",
) -> None:
    """Look an instance over: every record verified again, the database, the keys' permissions."""
    from app.crypto.multikey import decode_did, fingerprint

    from . import inspect
    from .running import inspect_running

    with opened_house() as house:
        findings = inspect.inspect(house)
        findings += inspect_running(house, at) if running else []
        mark = fingerprint(decode_did(house.door.instance_did))
    if as_json:
        emit_json([{"what": f.what, "is_good": f.is_good, "advice": f.advice} for f in findings])
    else:
        remark(f"Instance {mark} in {house.settings.data}")
        for finding in findings:
            emit(f"{'good' if finding.is_good else 'BAD '}  {finding.what}")
            if not finding.is_good:
                remark(f"      {finding.advice}")
    if not all(finding.is_good for finding in findings):
        if not as_json:
            remark("BAD: what stands beside it is not so; the line beneath says how to mend it.")
        raise typer.Exit(1)
