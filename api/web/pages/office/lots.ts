/** Product and lot of the doses given: kept in this page, exported by it, never sent. */
import { el } from "../common/el.ts";
import { allFilled, field, form } from "../common/form.ts";
import { t } from "../common/language.ts";
import type { Expected } from "./people.ts";

interface Given { readonly lot: string; readonly at: string }

const given = new Map<string, Given>();
let lastLot = "";

/** Ask for the lot; the one before is proposed. */
export function askLot(one: Expected, done: () => void): void {
  const lot = field("lot", t(`Lot de ${one.dose.product}`, `Lot of ${one.dose.product}`), { value: lastLot, maxlength: 30 });
  const box = el("dialog", { "aria-labelledby": "lot-titre" });
  box.append(el("h2", { id: "lot-titre" }, t("Dose faite", "Dose given")), form(() => {
    if (!allFilled([lot.input])) return;
    lastLot = lot.input.value.trim();
    given.set(keyOf(one), { lot: lastLot, at: new Date().toISOString() });
    box.close();
    done();
  }, lot.box, el("p", { class: "hint" }, t("Le lot reste dans cette page : exportez le registre avant de verrouiller.", "The lot stays in this page: export the register before you lock.")),
  el("div", { class: "actions" }, el("button", { type: "submit", class: "primary" }, t("Enregistrer", "Save")),
    el("button", { type: "button", onclick: () => box.close() }, t("Annuler", "Cancel")))));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

/** People, doses and lots of the day, for the national register. */
export function givenCsv(people: readonly Expected[]): string {
  const rows = people.flatMap((one) => {
    const done = given.get(keyOf(one));
    if (done === undefined || one.who === null) return [];
    const { family_name, given_name, birth_date, number } = one.who;
    return [[family_name, given_name, birth_date, number, one.dose.product, String(one.dose.dose_rank), done.lot, done.at]];
  });
  const head = ["nom", "prenom", "naissance", "numero", "vaccin", "rang", "lot", "heure"];
  return [head, ...rows].map((row) => row.map(cell).join(";")).join("\r\n");
}

export function forgetLots(): void {
  given.clear();
  lastLot = "";
}

/** No cell begins as a formula would. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

function keyOf({ dose }: Expected): string {
  return `${dose.booking}/${dose.dose_rank}`;
}
