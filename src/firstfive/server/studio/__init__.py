"""The studio: plain pages for builders and operators, each with its JSON and CSV twin, behind an operator's key."""

from firstfive.server.studio import (
    experiments,
    items,
    labels,
    overview,
    prompts,
    quarantine,
    releases,
    signing,
    trying,
    visits,
)

ROUTES = (
    *signing.ROUTES,
    *overview.ROUTES,
    *trying.ROUTES,
    *items.ROUTES,
    *quarantine.ROUTES,
    *releases.ROUTES,
    *experiments.ROUTES,
    *prompts.ROUTES,
    *labels.ROUTES,
    *visits.ROUTES,
)

__all__ = ["ROUTES"]
