"""The HTTP server: the interface for programs and the seeker's page, over one project."""

from firstfive.server.app import make_app
from firstfive.server.serving import serve

__all__ = ["make_app", "serve"]
