/** The doors: who are you? */
import { el } from "./common/el.ts";
import { t } from "./common/language.ts";
import { frame, show, withLanguage } from "./common/page.ts";

const DOORS = [
  ["/rendez-vous", t("Je veux un rendez-vous", "I want an appointment"), t("Chercher une place, déplacer, annuler.", "Search for a place, move, cancel.")],
  ["/centre", t("Je travaille dans un centre", "I work at a centre"), t("La liste du jour, les arrivées, les clés.", "Today's list, arrivals, keys.")],
  ["/telephone", t("Je réponds au téléphone", "I answer the telephone"), t("Réserver pour une personne qui appelle.", "Book for somebody who calls.")],
] as const;

frame(t("Accueil", "Start"), DOORS.map(([address, label]) => [address, label] as const));
show(t("Se faire vacciner", "Get vaccinated"), el("ul", { class: "doors" },
  ...DOORS.map(([address, label, more]) => el("li", {}, el("a", { href: withLanguage(address) }, el("strong", {}, label), el("span", {}, more))))));
