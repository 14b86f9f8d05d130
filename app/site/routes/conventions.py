"""What programs ask every host: who runs it (NodeInfo 2.1), where to report a flaw (RFC 9116)."""

from datetime import timedelta
from importlib.metadata import version
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app.kernel.clock import day_of
from app.web.listener import listener_of
from app.web.site import Site

router = APIRouter()

_SCHEMA: Final = "http://nodeinfo.diaspora.software/ns/schema/2.1"
_TYPE: Final = f'application/json; profile="{_SCHEMA}#"'
_GOOD_FOR: Final = timedelta(days=90)
_DAY: Final = {"Cache-Control": "public, max-age=86400"}


@router.get("/.well-known/nodeinfo", include_in_schema=False)
def nodeinfo_links(request: Request) -> Response:
    """Say where the description of this host is."""
    origin = listener_of(request.scope).origin
    links = [{"rel": _SCHEMA, "href": f"{origin}/nodeinfo/2.1"}]
    return JSONResponse({"links": links}, headers=_DAY)


@router.get("/nodeinfo/2.1", include_in_schema=False)
def nodeinfo(request: Request) -> Response:
    """Describe this host. How many people use it is told to nobody.

    Its records are objects of ActivityPub under ids of FEP-ef61. It has no inbox: other hosts read
    its log and its files, and hand posts in at the API.
    """
    site: Site = request.app.state.site
    document = {
        "version": "2.1",
        "software": {"name": "goftogu", "version": version("goftogu")},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": ["atom1.0"]},
        "openRegistrations": True,
        "usage": {"users": {}},
        "metadata": {
            "nodeName": site.instance_name,
            "card": "/.well-known/goftogu",
            "key": site.instance_did,
            "api": "/api/v1/openapi.json",
            "inbox": False,
        },
    }
    return JSONResponse(document, headers=_DAY, media_type=_TYPE)


@router.get("/.well-known/security.txt", include_in_schema=False)
def security_txt(request: Request) -> Response:
    """Say where to report a flaw: the page that names who answers for this host."""
    site: Site = request.app.state.site
    origin = listener_of(request.scope).origin
    expires = day_of(site.clock.now()) + _GOOD_FOR
    lines = (
        f"Contact: {origin}/en/legal-notice",
        f"Expires: {expires.isoformat()}T00:00:00Z",
        "Preferred-Languages: fa, en, fr",
        f"Canonical: {origin}/.well-known/security.txt",
    )
    return PlainTextResponse("\n".join(lines) + "\n", headers=_DAY)
