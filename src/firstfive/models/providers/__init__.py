"""Adapters for language models: each speaks to one kind of provider, and none of them retries, spends or caches."""

from firstfive.models.providers.opening import Provider, open_provider
from firstfive.models.providers.vendors import VENDORS, Vendor, texts_at_once

__all__ = ["VENDORS", "Provider", "Vendor", "open_provider", "texts_at_once"]
