/** Centres with places, by distance or by date, both doses of a pair together. */
import { checkedAt, department, type Department } from "../booking/availability.ts";
import { type Offer, offers } from "../booking/pairs.ts";
import { kilometres } from "../booking/places.ts";
import { ago, longDay, shortDay, today } from "../common/days.ts";
import { button, el } from "../common/el.ts";
import { choice } from "../common/form.ts";
import { n, t } from "../common/language.ts";
import { failure } from "../common/failure.ts";
import { notice } from "../common/page.ts";
import type { Asked, Known } from "./search.ts";
import { times } from "./times.ts";
import { joinForm } from "./waiting.ts";

interface Found {
  readonly offer: Offer;
  readonly at: Department;
  readonly km: number;
}

const NEAR_KM = 30;
const MOST_DEPARTMENTS = 4;
const AT_ONCE = 20;
const AGE_MS = 1000;

/** Show what there is; the age of what is shown counts on. */
export async function results(place: HTMLElement, known: Known, asked: Asked): Promise<void> {
  if (!known.index.departments.some((one) => one.department === asked.place.department)) {
    place.replaceChildren(notice("warning", t(
      `Cette campagne ne couvre pas le département de ${asked.place.name} (${asked.place.department}).`,
      `This campaign does not cover the département of ${asked.place.name} (${asked.place.department}).`)));
    return;
  }
  place.replaceChildren(el("p", { role: "status" }, t("Recherche…", "Searching…")));
  const [files, checked] = await Promise.all([
    Promise.all(near(known, asked).map(department)), checkedAt(),
  ]);
  const found = files.flatMap((at) => offers(at, known.index, asked.wanted)
    .map((offer) => ({ offer, at, km: distance(known, asked, offer.centre) })))
    .filter(({ offer }) => asked.only === "" || offer.centre === asked.only);
  if (found.length === 0) {
    place.replaceChildren(nothing(known, asked));
    return;
  }
  const list = el("ol", { class: "cards" });
  const controls = filters(found, (kept) => list.replaceChildren(
    ...kept.slice(0, AT_ONCE).map((one) => card(one, known, asked, place))));
  place.replaceChildren(
    el("h2", {}, n(new Set(found.map(({ offer }) => offer.centre)).size,
      ["centre a des places", "centres ont des places"], ["centre has places", "centres have places"])),
    age(checked, () => results(place, known, asked)),
    controls, list,
  );
}

function filters(found: readonly Found[], draw: (kept: Found[]) => void): HTMLElement {
  const order = choice("tri", t("Trier par", "Sort by"),
    [["km", t("distance", "distance")], ["day", t("date", "date")]]);
  const radius = choice("rayon", t("Jusqu’à", "Within"),
    [["10", "10 km"], ["30", "30 km"], ["60", "60 km"], ["", t("toute distance", "any distance")]], "");
  const products = new Map(found.map(({ offer }) => [offer.product.product, offer.product.label]));
  const product = choice("produit", t("Vaccin", "Vaccine"),
    [["", t("tous", "all")] as const, ...[...products].map(([code, label]) => [code, label] as const)]);
  const redraw = () => {
    const kept = found.filter(({ km, offer }) =>
      (radius.select.value === "" || km <= Number(radius.select.value)) &&
      (product.select.value === "" || offer.product.product === product.select.value));
    kept.sort((a, b) => (order.select.value === "km"
      ? a.km - b.km || (a.offer.day < b.offer.day ? -1 : 1)
      : a.offer.day.localeCompare(b.offer.day) || a.km - b.km));
    draw(kept);
  };
  for (const { select } of [order, radius, product]) select.addEventListener("change", redraw);
  redraw();
  return el("div", { class: "filters" }, order.box, radius.box, product.box);
}

function card({ offer, at, km }: Found, known: Known, asked: Asked, place: HTMLElement): HTMLElement {
  const centre = known.centres.get(offer.centre);
  const name = centre?.name ?? offer.centre;
  const elsewhere = offer.second !== null && offer.second.centre !== offer.centre
    ? ` (${known.centres.get(offer.second.centre)?.name ?? offer.second.centre})` : "";
  const rank = asked.wanted.first === null ? t("1re dose", "1st dose") : t("2e dose", "2nd dose");
  return el("li", { class: "card" },
    el("div", {},
      el("h3", {}, name),
      el("p", { class: "quiet" }, [centre?.address, centre?.postcode, centre?.city].filter(Boolean).join(" "),
        ` · ${t("à", "")} ${Math.round(km)} km`),
      el("p", { class: "pair" },
        el("span", { class: "dose" }, `${offer.second === null && asked.wanted.first === null ? t("dose unique", "single dose") : rank} : `,
          el("strong", {}, t(`dès ${shortDay(offer.day)}`, `from ${shortDay(offer.day)}`))),
        offer.second === null ? null : el("span", { class: "dose" }, `${t("2e dose", "2nd dose")} : `,
          el("strong", {}, t(`dès ${shortDay(offer.second.day)}`, `from ${shortDay(offer.second.day)}`)), elsewhere)),
      el("p", { class: "quiet" }, `${offer.product.label} · `,
        n(offer.places, ["place", "places"], ["place", "places"])),
    ),
    button(t("Voir les horaires", "See times"),
      () => times({ known, asked, offer, at }).catch((error: unknown) => place.prepend(failure(error))),
      { class: "primary", "aria-label": t(`Voir les horaires : ${name}, ${offer.product.label}`, `See times: ${name}, ${offer.product.label}`) }),
  );
}

function age(checked: string, again: () => Promise<void>): HTMLElement {
  const text = el("span", {}, ago(checked));
  const timer = setInterval(() => {
    if (!text.isConnected) clearInterval(timer);
    text.textContent = ago(checked);
  }, AGE_MS);
  return el("p", { class: "age", "aria-live": "off" }, text, " ", button(t("Actualiser", "Refresh"), again, { class: "link" }));
}

/** Départements whose centres are near: the person's own first. */
function near(known: Known, asked: Asked): string[] {
  const only = known.centres.get(asked.only);
  if (only !== undefined) return [only.department];
  const reach = [...known.centres.values()]
    .map((centre) => ({ department: centre.department, km: kilometres(asked.place, centre) }))
    .filter(({ km }) => km <= NEAR_KM)
    .sort((a, b) => a.km - b.km)
    .map((one) => one.department);
  const shown = new Set(known.index.departments.map((one) => one.department));
  return [...new Set([asked.place.department, ...reach])].filter((code) => shown.has(code)).slice(0, MOST_DEPARTMENTS);
}

function distance(known: Known, asked: Asked, centre: string): number {
  const at = known.centres.get(centre);
  return at === undefined ? Infinity : kilometres(asked.place, at);
}

/** Nothing is free: say so plainly, and give the next step. */
function nothing(known: Known, asked: Asked): HTMLElement {
  const group = known.index.classes.find((one) => one.class === asked.wanted.class);
  const phones = [...known.centres.values()]
    .map((centre) => ({ centre, km: kilometres(asked.place, centre) }))
    .sort((a, b) => a.km - b.km).slice(0, 3);
  return el("div", {},
    el("h2", {}, t("Pas de place pour le moment", "No place at the moment")),
    el("p", {}, group === undefined ? "" : opening(group)),
    el("p", {}, t("Des places se libèrent chaque jour. Trois façons d’en avoir une :", "Places become free every day. Three ways to get one:")),
    el("ul", {},
      el("li", {}, t("la liste d’attente ci-dessous : une dose restante vous est proposée ;", "the waiting list below: a dose that is left is offered to you;")),
      el("li", {}, t("une recherche depuis une autre commune ;", "a search from another town;")),
      el("li", {}, t("le téléphone :", "the telephone:"), el("ul", {}, ...phones.map(({ centre }) =>
        el("li", {}, `${centre.name}, `, el("a", { href: `tel:${centre.phone}` }, centre.phone))))),
    ),
    asked.wanted.first === null ? joinForm(known, asked) : null,
  );
}

function opening({ label, opens_on }: Known["index"]["classes"][number]): string {
  if (opens_on === null) return t(`Pour « ${label} », la date d’ouverture n’est pas connue.`, `For “${label}”, the opening date is not known.`);
  const day = longDay(opens_on);
  return opens_on <= today()
    ? t(`Pour « ${label} », la vaccination est ouverte : tout est pris.`, `For “${label}”, vaccination is open: everything is taken.`)
    : t(`Pour « ${label} », la vaccination ouvre ${day}.`, `For “${label}”, vaccination opens on ${day}.`);
}
