"""The official data sets that Créneau reads: who publishes them, and how their files look."""

from __future__ import annotations

from dataclasses import dataclass

HEALTH = "Ministère des Solidarités et de la Santé"
SANTE_PUBLIQUE = "Santé publique France"
OPEN = "Licence Ouverte 2.0"
VACSI = "Données relatives aux personnes vaccinées contre la Covid-19 (VAC-SI)"
DAYS = ("rdv_lundi", "rdv_mardi", "rdv_mercredi", "rdv_jeudi", "rdv_vendredi", "rdv_samedi",
        "rdv_dimanche")  # fmt: skip


@dataclass(frozen=True, slots=True)
class DataSet:
    """One kind of file; `<date>` in the pattern is the date of the copy, `.gz` may follow.

    `columns` must be there; `optional` came with later layouts. A table whose encoding is
    Windows-1252 may also have been saved as UTF-8. JSON files have no columns.
    """

    id: str
    pattern: str
    publisher: str
    title: str
    licence: str
    columns: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    encoding: str = "utf-8-sig"


CENTRES = DataSet(
    id="centres-vaccination",
    pattern="centres-vaccination_<date>.csv",
    publisher=HEALTH,
    title="Lieux de vaccination contre la Covid-19",
    licence=OPEN,
    columns=(
        "gid", "nom", "xy_precis", "adr_num", "adr_voie", "com_cp", "com_insee", "com_nom",
        "lat_coor1", "long_coor1", "date_ouverture", "date_fermeture", "rdv_tel", "rdv_modalites",
        *DAYS,
    ),
    optional=("_edit_datemaj", "centre_fermeture", "reserve_professionels_sante", "centre_type"),
)  # fmt: skip
ALLOCATIONS = DataSet(
    id="allocations-vs-rdv",
    pattern="allocations-vs-rdv_<date>.csv",
    publisher=HEALTH,
    title="Données relatives aux prises de rendez-vous",
    licence=OPEN,
    columns=("id_centre", "date_debut_semaine", "doses_allouees", "rdv_pris"),
    encoding="cp1252",
)
DELIVERIES = DataSet(
    id="flux-total-nat",
    pattern="flux-total-nat_<date>.csv",
    publisher=HEALTH,
    title="Données relatives aux livraisons de vaccins contre la Covid-19",
    licence=OPEN,
    columns=("date_fin_semaine", "type_de_vaccin", "nb_doses"),
    encoding="cp1252",
)
STOCKS = DataSet(
    id="stocks-es-par-es",
    pattern="stocks-es-par-es_<date>.csv",
    publisher=HEALTH,
    title="Données relatives aux stocks de vaccins contre la Covid-19",
    licence=OPEN,
    columns=("code_departement", "libelle_pui", "finess", "type_de_vaccin", "nb_doses", "date"),
    encoding="cp1252",
)
COMMUNES = DataSet(
    id="communes",
    pattern="communes-population-coordonnees_cog<date>.csv",
    publisher="INSEE, DGCL et La Poste, via Etalab",
    title="Communes, population municipale et coordonnées",
    licence=OPEN,
    columns=(
        "code_insee", "nom", "type", "departement", "region", "population_municipale",
        "latitude", "longitude",
    ),
)  # fmt: skip
AGES = DataSet(
    id="estim-pop-dep-age",
    pattern="estim-pop-dep-age_<date>.csv",
    publisher="INSEE",
    title="Estimation de la population par département, sexe et grande classe d'âge",
    licence=OPEN,
    columns=(
        "departement", "pop_0_19", "pop_20_39", "pop_40_59", "pop_60_74", "pop_75_plus",
        "pop_total",
    ),
)  # fmt: skip
VACSI_AGES = DataSet(
    id="vacsi-a-fra",
    pattern="vacsi-a-fra_<date>.csv",
    publisher=SANTE_PUBLIQUE,
    title=VACSI,
    licence=OPEN,
    columns=("clage_vacsi", "jour", "n_cum_dose1", "n_cum_rappel"),
)
VACSI_TOTALS = DataSet(
    id="vacsi-tot-a-fra",
    pattern="vacsi-tot-a-fra_<date>.csv",
    publisher=SANTE_PUBLIQUE,
    title=VACSI,
    licence=OPEN,
    columns=("clage_vacsi", "n_tot_dose1", "n_tot_rappel", "pop"),
)
VACSI_VACCINES = DataSet(
    id="vacsi-v-fra",
    pattern="vacsi-v-fra_<date>.csv",
    publisher=SANTE_PUBLIQUE,
    title=VACSI,
    licence=OPEN,
    columns=("vaccin", "jour", "n_dose1", "n_dose2", "n_dose3", "n_dose4"),
)
VACSI_DEPARTMENTS = DataSet(
    id="vacsi-dep-premieres-doses",
    pattern="vacsi-dep-premieres-doses_<date>.json",
    publisher=SANTE_PUBLIQUE,
    title=VACSI + ", premières doses par département, mises en forme par un tiers",
    licence="MIT (données : Licence Ouverte 2.0)",
)
OUTLINES = DataSet(
    id="departements",
    pattern="departements-version-simplifiee.geojson",
    publisher="IGN et INSEE",
    title="Contours simplifiés des départements de métropole (Admin Express 2018)",
    licence=OPEN,
)
OUTLINES_OVERSEAS = DataSet(
    id="departements-outre-mer",
    pattern="departements-avec-outre-mer.geojson",
    publisher="IGN et INSEE",
    title="Contours simplifiés des départements, outre-mer compris (Admin Express 2018)",
    licence=OPEN,
)
ALL = (
    CENTRES, ALLOCATIONS, DELIVERIES, STOCKS, COMMUNES, AGES, VACSI_AGES, VACSI_TOTALS,
    VACSI_VACCINES, VACSI_DEPARTMENTS, OUTLINES, OUTLINES_OVERSEAS,
)  # fmt: skip
