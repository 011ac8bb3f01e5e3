/** Search: where somebody lives, who they are to the campaign, which dose; then the centres. */
import { type Centre, centres, index, type Index } from "../booking/availability.ts";
import { matches, type Place } from "../booking/places.ts";
import type { Wanted } from "../booking/pairs.ts";
import { button, el } from "../common/el.ts";
import { choice, field, form, setError } from "../common/form.ts";
import { t } from "../common/language.ts";
import { failure } from "../common/failure.ts";
import { show } from "../common/page.ts";
import { isoDay } from "../booking/person-form.ts";
import { results } from "./results.ts";
import { announced } from "./room.ts";

/** What was asked; kept in memory only. */
export interface Asked {
  readonly place: Place;
  readonly wanted: Wanted;
  readonly relative: boolean;
  /** Only this centre, from a link; empty for all. */
  readonly only: string;
}

export interface Known {
  readonly index: Index;
  readonly centres: ReadonlyMap<string, Centre>;
}

/** Show the search, for a centre a link named or for all. */
export async function search(only = ""): Promise<void> {
  const known: Known = await Promise.all([index(), centres()])
    .then(([read, all]) => ({ index: read, centres: all }));
  const found = el("section", { id: "resultats", "aria-live": "polite" });
  const named = known.centres.get(only);
  const opening = await announced(() => search(only));
  show(
    t("Prendre rendez-vous pour se faire vacciner", "Book your vaccination"),
    el("p", { class: "lead" }, named === undefined
      ? t("Les deux doses se réservent ensemble. Ce que vous tapez ici reste sur votre appareil.",
        "Both doses are booked together. What you type here stays on your device.")
      : t(`Vous cherchez une place ici : ${named.name}.`, `You are looking for a place here: ${named.name}.`)),
    opening,
    searchForm(known, found, named === undefined ? "" : only),
    found,
  );
}

function searchForm(known: Known, found: HTMLElement, only: string): HTMLFormElement {
  const place = placeField();
  const groups = choice("situation", t("Votre situation", "Your situation"),
    [["", t("Choisissez…", "Choose…")] as const, ...known.index.classes.map((one) => [one.class, one.label] as const)]);
  const dose = choice("dose", t("Vous cherchez", "You are looking for"), [
    ["1", t("Toutes les doses", "All doses")],
    ["2", t("La 2e dose seulement", "The 2nd dose only")],
  ]);
  const earlier = earlierDose(known);
  dose.select.addEventListener("change", () => { earlier.box.hidden = dose.select.value === "1"; });
  const relative = el("input", { type: "checkbox", id: "proche" });
  return form(async () => {
    const chosen = place.chosen();
    const first = dose.select.value === "1" ? null : earlier.read();
    groups.select.setAttribute("aria-invalid", String(groups.select.value === ""));
    if (chosen === null || groups.select.value === "" || first === undefined) {
      if (chosen !== null && groups.select.value === "") groups.select.focus();
      return;
    }
    const asked: Asked = {
      place: chosen, relative: relative.checked, only,
      wanted: { department: chosen.department, class: groups.select.value, first },
    };
    await results(found, known, asked).catch((error: unknown) => found.replaceChildren(failure(error)));
  },
  place.box, groups.box, dose.box, earlier.box,
  el("div", { class: "check" }, relative, el("label", { for: "proche" },
    t("Je réserve pour un proche ou un enfant", "I book for a relative or a child"))),
  el("button", { type: "submit", class: "primary" }, t("Voir les places", "See places")));
}

function placeField(): { box: HTMLElement; chosen: () => Place | null } {
  const { box, input } = field("commune", t("Commune ou code postal", "Town or postcode"), { autocomplete: "off" },
    t("Là où habite la personne à vacciner.", "Where the person to be vaccinated lives."));
  const list = el("ul", { class: "suggestions", "aria-label": t("Communes proposées", "Towns proposed") });
  const said = el("p", { class: "hidden-visually", role: "status" });
  box.append(list, said);
  let listed: readonly Place[] = [];
  let taken: Place | null = null;
  const take = (place: Place) => {
    taken = place;
    input.value = `${place.name} (${place.department})`;
    list.replaceChildren();
    setError(input, "");
    document.getElementById("situation")?.focus();
  };
  input.addEventListener("input", async () => {
    taken = null;
    const typed = input.value;
    const now = await matches(typed);
    if (typed !== input.value) return;
    listed = now;
    said.textContent = listed.length ? t(`${listed.length} communes proposées`, `${listed.length} towns proposed`) : "";
    list.replaceChildren(...listed.map((place) =>
      el("li", {}, button(`${place.name} (${place.department})`, () => take(place)))));
  });
  const chosen = () => {
    if (taken === null && listed[0] !== undefined) take(listed[0]);
    if (taken === null) {
      setError(input, t("Choisissez une commune de la liste.", "Choose a town from the list."));
      input.focus();
    }
    return taken;
  };
  return { box, chosen };
}

/** Product and day of a first dose had elsewhere; undefined while something is wrong. */
function earlierDose(known: Known): { box: HTMLElement; read: () => Wanted["first"] | undefined } {
  const two = known.index.products.filter((product) => product.doses_needed === 2);
  const product = choice("vaccin", t("Vaccin de la 1re dose", "Vaccine of the 1st dose"),
    two.map((one) => [one.product, one.label] as const));
  const on = field("faite-le", t("1re dose faite le", "1st dose had on"), { inputmode: "numeric" },
    t("Jour, mois, année. Exemple : 03/06/2021", "Day, month, year. Example: 03/06/2021"));
  const box = el("div", { hidden: true }, product.box, on.box);
  const read = () => {
    const day = isoDay(on.input.value);
    setError(on.input, day === null ? t("Cette date n’existe pas.", "There is no such date.") : "");
    if (day === null) {
      on.input.focus();
      return undefined;
    }
    return { product: product.select.value, on: day };
  };
  return { box, read };
}
