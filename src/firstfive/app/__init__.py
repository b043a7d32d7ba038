"""Use cases: where adapters meet the domain. One file each; `wiring` opens a project."""
