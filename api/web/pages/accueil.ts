/** The doors: who are you? */
import { el } from "./common/el.ts";
import { t } from "./common/language.ts";
import { frame, show, withLanguage } from "./common/page.ts";

const CITIZEN = ["/rendez-vous", t("Je veux un rendez-vous", "I want an appointment"), t("Chercher une place, déplacer, annuler, rejoindre la liste d’attente.", "Search for a place, move, cancel, join the waiting list.")] as const;
const STAFF = [
  ["/centre", t("Je travaille dans un centre", "I work at a centre"), t("La liste du jour, les arrivées, les clés.", "Today's list, arrivals, keys.")],
  ["/telephone", t("Je réponds au téléphone", "I answer the telephone"), t("Réserver pour une personne qui appelle.", "Book for somebody who calls.")],
  ["/pilotage", t("Je pilote la campagne", "I plan the campaign"), t("Scénarios, plans, publication de la semaine.", "Scenarios, plans, the week's publication.")],
] as const;
const PROMISES = [
  [t("Vu, réservable", "Shown, bookable"), t("Une place affichée peut être réservée, les deux doses ensemble.", "A place that is shown can be booked, both doses together.")],
  [t("Votre identité reste à vous", "Your identity stays yours"), t("Elle est chiffrée sur votre appareil ; seul le centre peut la lire.", "It is encrypted on your device; only the centre can read it.")],
  [t("Rien d’ailleurs", "Nothing from elsewhere"), t("Aucune page n’appelle une autre société, ni publicité, ni mesure d’audience.", "No page calls another company: no advertising, no audience measurement.")],
] as const;

type Door = readonly [address: string, label: string, more: string];

const door = ([address, label, more]: Door) =>
  el("li", {}, el("a", { href: withLanguage(address) }, el("strong", {}, label), el("span", {}, more)));

frame(t("Accueil", "Start"), [CITIZEN, ...STAFF].map(([address, label]) => [address, label] as const));
show(t("Vaccination : un rendez-vous près de chez vous", "Vaccination: an appointment near you"),
  el("ul", { class: "doors first" }, door(CITIZEN)),
  el("dl", { class: "promises" }, ...PROMISES.map(([what, how]) =>
    el("div", {}, el("dt", {}, what), el("dd", {}, how)))),
  el("h2", {}, t("Professionnels", "For professionals")),
  el("ul", { class: "doors" }, ...STAFF.map(door)));
