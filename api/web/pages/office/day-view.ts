/** The day at the door: who comes, found by name, arrived, vaccinated; all of it in this page. */
import { hourAt, longDay, today } from "../common/days.ts";
import { button, el } from "../common/el.ts";
import { field } from "../common/form.ts";
import { n, t } from "../common/language.ts";
import { failure } from "../common/failure.ts";
import { reasonOf } from "../common/refusals.ts";
import { notice, show } from "../common/page.ts";
import { save } from "../common/save.ts";
import { departed, sealForOthers } from "./again.ts";
import type { OpenKey } from "./keyring.ts";
import { freeBooking, newReceipt } from "./lost.ts";
import { askLot, givenCsv } from "./lots.ts";
import { checkTags, day, type Expected, twice } from "./people.ts";
import { asStaff, at } from "./session.ts";
import { folded } from "../booking/places.ts";

export interface Office {
  readonly centre: string;
  readonly keys: readonly OpenKey[];
  readonly lock: () => Promise<void>;
  readonly manageKeys: () => Promise<void>;
}

const STATES: Readonly<Record<string, readonly [string, string]>> = {
  booked: ["attendu", "expected"], arrived: ["arrivé", "arrived"], fulfilled: ["vacciné", "vaccinated"],
  noshow: ["pas venu", "did not come"], displaced: ["à replacer", "to be moved"],
};

/** Show a day's list. */
export async function showDay(office: Office, on = today()): Promise<void> {
  const [people, left] = await Promise.all([day(office.centre, on, office.keys), departed(office.centre)]);
  const search = field("chercher", t("Chercher un nom ou un numéro", "Search a name or number"), { type: "search" });
  const date = field("date", t("Jour", "Day"), { type: "date", value: on });
  const said = el("div", { "aria-live": "polite" });
  const body = el("tbody", {});
  const figures = el("ul", { class: "figures" });
  const draw = () => {
    const wanted = folded(search.input.value);
    const shown = people.filter((one) => wanted === "" || text(one).includes(wanted));
    figures.replaceChildren(...Object.entries(STATES).filter(([state]) => state !== "displaced").map(([state, label]) =>
      el("li", {}, el("strong", {}, String(people.filter((one) => one.dose.state === state).length)), t(...label as [string, string]))));
    body.replaceChildren(...shown.map((one) => row(office, one, people, said, () => showDay(office, on))));
  };
  search.input.addEventListener("input", draw);
  date.input.addEventListener("change", () => { if (date.input.value) void showDay(office, date.input.value); });
  draw();
  const guarded = (act: () => Promise<void>) => () => act().catch((error: unknown) => said.replaceChildren(failure(error)));
  show(t(`Liste du ${longDay(on)}`, `List of ${longDay(on)}`),
    el("p", { class: "seal no-print" }, t("Déchiffrée dans cette page seulement. « Verrouiller » efface tout.", "Decrypted in this page only. “Lock” erases it all.")),
    figures,
    el("div", { class: "bar no-print" }, search.box, date.box),
    el("div", { class: "actions no-print" },
      button(t("Verrouiller", "Lock"), () => office.lock(), { class: "primary" }),
      button(t("Vérifier les identités", "Check identities"), guarded(async () => {
        await checkTags(people, office.keys);
        const bad = people.filter((one) => one.fits === false).length;
        said.replaceChildren(notice(bad ? "error" : "good", bad
          ? n(bad, ["identité ne correspond pas à son empreinte", "identités ne correspondent pas à leur empreinte"], ["identity does not fit its tag", "identities do not fit their tags"])
          : t("Toutes les identités correspondent.", "All identities fit.")));
        draw();
      })),
      button(t("Imprimer", "Print"), () => print()),
      button(t("Registre des doses (CSV)", "Doses for the register (CSV)"), () => save(`doses-${on}.csv`, "text/csv", givenCsv(people))),
      button(t("Clés", "Keys"), office.manageKeys)),
    left.length ? notice("warning", el("p", {}, n(left.length, ["rendez-vous parti vers un autre centre est encore chiffré pour nous", "rendez-vous partis vers d’autres centres sont encore chiffrés pour nous"], ["appointment went to another centre and is still sealed to us", "appointments went to other centres and are still sealed to us"])),
      button(t("Chiffrer pour leur centre", "Seal to their centre"), guarded(async () => {
        const done = await sealForOthers(office.centre, left, office.keys);
        await showDay(office, on);
        document.querySelector("main")?.append(notice("good", n(done, ["chiffré", "chiffrés"], ["sealed", "sealed"])));
      }))) : null,
    said,
    people.length === 0 ? el("p", {}, t("Personne n’est attendu ce jour.", "Nobody is expected on this day.")) : el("table", {},
      el("caption", {}, n(people.length, ["dose", "doses"], ["dose", "doses"])),
      el("thead", {}, el("tr", {}, ...[t("Heure", "Time"), t("Personne", "Person"), t("Dose", "Dose"), t("État", "State"), t("Actions", "Actions")].map((one) => el("th", { scope: "col" }, one)))),
      body));
}

function row(office: Office, one: Expected, people: readonly Expected[], said: HTMLElement, again: () => Promise<void>): HTMLElement {
  const { dose, who } = one;
  const name = who === null ? t("illisible ici", "cannot be read here") : `${who.family_name.toUpperCase()} ${who.given_name}`;
  const alarms = [
    dose.flagged || twice(one, people) ? t("déjà un autre rendez-vous", "has another appointment") : "",
    one.fits === false ? t("empreinte fausse", "tag does not fit") : "",
    who === null ? (dose.to_seal_again ? t("chiffré pour l’ancien centre", "sealed to the old centre") : reasonOf(one.why)) : "",
  ].filter(Boolean);
  const guarded = (act: () => Promise<void>) => () => act().catch((error: unknown) => said.replaceChildren(failure(error)));
  const mark = (state: string) => guarded(async () => {
    await asStaff("PUT", `${at(office.centre)}/doses/${dose.booking}/${dose.dose_rank}`, { body: { state } });
    await again();
    // Ready for the next one in the queue.
    document.getElementById("chercher")?.focus();
  });
  const actions = {
    booked: [button(t("Arrivé", "Arrived"), mark("arrived"), { class: "primary", "aria-label": t(`Arrivé : ${name}`, `Arrived: ${name}`) }),
      button(t("Pas venu", "No-show"), mark("noshow"), { "aria-label": t(`Pas venu : ${name}`, `No-show: ${name}`) })],
    arrived: [button(t("Dose faite", "Dose given"), () => askLot(one, mark("fulfilled")), { class: "primary", "aria-label": t(`Dose faite : ${name}`, `Dose given: ${name}`) })],
    fulfilled: [button(t("Corriger", "Undo"), mark("booked"), { class: "link", "aria-label": t(`Corriger : ${name}`, `Undo: ${name}`) })],
    noshow: [button(t("Corriger", "Undo"), mark("booked"), { class: "link", "aria-label": t(`Corriger : ${name}`, `Undo: ${name}`) })],
  }[dose.state] ?? [];
  return el("tr", { class: alarms.length ? "alarm" : null },
    el("td", {}, el("strong", {}, hourAt(dose.starts_at))),
    el("td", {}, el("strong", {}, name), who === null ? null : el("div", { class: "quiet" }, `${born(who.birth_date)} · ${who.phone}`),
      ...alarms.map((alarm) => el("div", {}, el("span", { class: "state alarm" }, alarm)))),
    el("td", {}, `${dose.dose_rank} · ${dose.product}`),
    el("td", {}, el("span", { class: `state ${dose.state}` }, t(...(STATES[dose.state] ?? [dose.state, dose.state]) as [string, string]))),
    el("td", { class: "no-print" }, el("div", { class: "actions" }, ...actions,
      dose.state === "booked" ? button(t("Reçu perdu", "Lost receipt"), guarded(async () => said.replaceChildren(await newReceipt(office.centre, dose.booking))), { class: "link", "aria-label": t(`Reçu perdu : ${name}`, `Lost receipt: ${name}`) }) : null,
      dose.state === "booked" && alarms.length ? button(t("Libérer", "Free"), guarded(async () => {
        await freeBooking(office.centre, dose.booking);
        await again();
      }), { class: "link", "aria-label": t(`Libérer : ${name}`, `Free: ${name}`) }) : null)));
}

function text({ who }: Expected): string {
  return who === null ? "" : folded(`${who.family_name}${who.given_name}${who.family_name}${who.number}`);
}

function born(day: string): string {
  return day.split("-").reverse().join("/");
}
