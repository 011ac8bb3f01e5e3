"""What the report says in words: the plan in brief, its proof, and what nobody has proven."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from allocator.instance import Instance
from scenarios.report.figures import Figures
from scenarios.report.french import (
    NBSP,
    count,
    day,
    day_of_year,
    monday,
    number,
    percent,
    plain,
    short_way,
    significant,
    small_percent,
)
from scenarios.report.printed import Printed

METHODS = {
    "optimal": "plan optimisé",
    "pro-rata": "répartition au prorata",
    "first-come": "premier arrivé, premier servi",
}
STATUSES = {
    "gap reached": "écart visé atteint",
    "no better found": "aucun meilleur plan trouvé",
    "time limit": "temps imparti écoulé",
    "interrupted": "recherche interrompue, meilleur plan gardé",
    "baseline": "règle de référence",
}


def period(instance: Instance) -> str:
    """Return the planned weeks as dates."""
    last = monday(instance.start, instance.weeks) - timedelta(days=1)
    weeks = count(instance.weeks, "semaine", "semaines")
    return f"{weeks}, du {day(instance.start)} au {day(last)}"


def size(instance: Instance) -> str:
    """Return how large the problem is."""
    return ", ".join(
        [
            count(len(instance.zones.ids), "commune", "communes"),
            count(len(instance.departments), "département", "départements"),
            count(len(instance.centres.ids), "centre", "centres"),
            count(len(instance.products.ids), "vaccin", "vaccins"),
            count(len(instance.classes.ids), "classe de priorité", "classes de priorité"),
        ]
    )


def in_brief(instance: Instance, figures: Figures) -> str:
    """Say whom the plan serves, and where."""
    if figures.served == figures.people:
        served = f"aux {count(figures.people, 'personne', 'personnes')} qui en souhaitent une"
    else:
        served = (
            f"à {count(figures.served, 'personne', 'personnes')} sur les "
            f"{number(figures.people)} qui en souhaitent une "
            f"({percent(figures.served / figures.people)})"
        )
    text = (
        f"En {count(instance.weeks, 'semaine', 'semaines')} à partir du "
        f"{day_of_year(instance.start)}, ce plan donne une première dose {served}."
    )
    if figures.km_median is not None and figures.km_p90 is not None:
        text += (
            f" La moitié fait au plus {number(figures.km_median, 1)}{NBSP}km pour rejoindre son "
            f"centre, neuf sur dix au plus {number(figures.km_p90, 1)}{NBSP}km."
        )
    return text


def proof(printed: Printed) -> str:
    """Explain the certified gap in one sentence, or say that there is none."""
    if printed.bound is None or printed.gap is None:
        return (
            "Aucune borne n’a été calculée pour ce plan : rien ne dit ici de combien un "
            "autre plan pourrait le dépasser."
        )
    text = (
        f"Ce plan coûte {significant(printed.cost, 6)} points et il est prouvé qu’aucun plan, "
        f"quels que soient les centres choisis, ne peut coûter moins de "
        f"{significant(printed.bound, 6)}"
        f" : il est donc à {small_percent(printed.gap)} au plus du meilleur plan possible"
    )
    if printed.gap_km_per_person is not None:
        way = short_way(printed.gap_km_per_person)
        text += f", soit au plus l’équivalent de {way} de trajet par personne servie"
    return f"{text}."


def prices_in_words(instance: Instance) -> str:
    """Say what a point of cost is."""
    objective, fairness = instance.objective, instance.fairness
    text = (
        f"Un point de coût n’est pas un euro. Une personne de poids 1 jamais servie coûte "
        f"{plain(objective.unserved)} points, une semaine d’attente "
        f"{plain(objective.week)}, un kilomètre de plus que le centre le plus proche "
        f"{plain(objective.km)} ; "
        "servir une personne de poids 4 plus tôt vaut quatre fois plus."
    )
    if fairness.checkpoints and fairness.price and fairness.floor:
        text += (
            f" Chaque personne qui manque à un département pour atteindre "
            f"{percent(fairness.floor, 0)} de la couverture nationale coûte "
            f"{plain(fairness.price)} points (contrôle après "
            f"{_enumeration(fairness.checkpoints)})."
        )
    return text


def _enumeration(weeks: Sequence[int]) -> str:
    """Write `4, 8 et 12 semaines`."""
    *before, last = (number(week) for week in weeks)
    unit = "semaines" if weeks[-1] > 1 else "semaine"
    return f"{', '.join(before)} et {last} {unit}" if before else f"{last} {unit}"


def plans_compared(plans: int) -> str:
    """Say what the page is."""
    return f"{count(plans, 'plan', 'plans')} côte à côte, d’après les chiffres que chacun publie."


def other_instances() -> str:
    """Warn that costs do not compare."""
    return (
        "Ces plans ne portent pas tous sur les mêmes données : leurs coûts ne se comparent pas. "
        "Les chiffres qui suivent disent ce que chacun donne aux personnes de son scénario."
    )


def cheapest(best: str, ours: Printed, worst: str, theirs: Printed) -> str:
    """Say which plan costs least, and what that means for people."""
    text = f"Le plan « {best} » coûte le moins : {significant(ours.cost, 6)} points"
    if theirs.cost > ours.cost > 0:
        saved = 1 - ours.cost / theirs.cost
        text += f", {small_percent(saved)} de moins que « {worst} »"
    more = (ours.kpis["first_doses"] or 0) - (theirs.kpis["first_doses"] or 0)
    if more:
        people = count(abs(int(more)), "personne", "personnes")
        text += f". Il sert {people} de {'plus' if more > 0 else 'moins'}"
    low, other_low = ours.kpis["coverage_min"], theirs.kpis["coverage_min"]
    if best != worst and low is not None and other_low is not None:
        text += (
            f", et le département le moins servi y atteint {percent(low)} de couverture, "
            f"contre {percent(other_low)}"
        )
    return f"{text}."


def distance_to_best(best: str, cost: float, bounds: Sequence[float]) -> str:
    """Say how far the cheapest plan can be from the best possible one."""
    if not bounds or not cost:
        return "Aucun de ces plans n’a de borne : rien ne dit ici ce qu’un autre pourrait gagner."
    bound = max(bounds)
    return (
        f"Il est prouvé qu’aucun plan ne peut coûter moins de {significant(bound, 6)} points : "
        f"« {best} » est donc à {small_percent((cost - bound) / abs(cost))} au plus du meilleur "
        "plan possible."
    )


def proven() -> list[str]:
    """List what was recounted by code that shares nothing with the solver."""
    return [
        (
            "Le plan respecte toutes les contraintes du modèle : créneaux de chaque centre et de "
            "chaque semaine, flacons entiers, livraisons, stocks, intervalles entre les deux "
            "doses, éligibilité, rendez-vous déjà pris. Un vérificateur indépendant du solveur "
            "recompte tout."
        ),
        (
            "Le coût est recalculé à partir du plan entier, et la borne inférieure est démontrée "
            "sans faire confiance au solveur, avec tous les centres ouverts à toutes les communes."
        ),
    ]


def not_proven(instance: Instance) -> list[str]:
    """List the assumptions a reader should know before signing."""
    items = [
        (
            "L’écart certifié compare ce plan au meilleur plan du modèle. Il ne dit pas que le "
            "modèle décrit la campagne : un autre réglage des prix donnerait un autre plan."
        ),
        _distances(instance),
        (
            "La capacité des centres est celle du scénario. Quand elle n’est pas déclarée par le "
            "centre, elle est estimée ; aucun fichier public de 2021 ne la donne."
        ),
        (
            "La demande est une estimation, commune par commune : des personnes changeront "
            "d’avis, iront ailleurs ou ne viendront pas. Les absences ne sont pas modélisées."
        ),
        "Les livraisons sont supposées arriver à la date et dans les quantités prévues.",
        (
            "Les prix des manques viennent de la relaxation continue : ils valent pour une unité "
            "de plus ou de moins, pas pour cent, et ne disent pas quelles personnes y gagneraient."
        ),
        (
            "La semaine d’une commune sur la carte est une moyenne : les personnes d’une même "
            "classe et d’un même département sont interchangeables dans un centre."
        ),
        (
            "Les doses perdues supposent des flacons ouverts et finis dans la journée ; ce qui "
            "reste sert d’abord la liste d’attente du jour."
        ),
    ]
    if any(instance.products.doses_needed == 2):
        items.insert(
            5,
            "Après la dernière semaine, les secondes doses comptent sur la moyenne des capacités "
            "et des livraisons des quatre dernières semaines : c’est une hypothèse.",
        )
    return items


def _distances(instance: Instance) -> str:
    text = (
        "Les distances sont à vol d’oiseau, multipliées par 1,3 : ni le relief, ni les ponts, ni "
        "les transports n’y sont."
    )
    if len(instance.travel.km):
        text += " Les couples commune-centre listés dans le scénario ont leur propre distance."
    return text
