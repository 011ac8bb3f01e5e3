"""Local time of the départements and collectivities of France."""

from __future__ import annotations

METROPOLE = "Europe/Paris"
OVERSEAS = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}


def timezone_of(department: str) -> str:
    """Name of the time zone of a département."""
    return OVERSEAS.get(department, METROPOLE)
