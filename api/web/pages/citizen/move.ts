/** Moving a dose to another time of its centre: what is sealed stays sealed. */
import { index, windows } from "../booking/availability.ts";
import { move, type Receipt, type Ticket } from "../booking/desk.ts";
import { interval } from "../booking/pairs.ts";
import { clock, longDay } from "../common/days.ts";
import { el } from "../common/el.ts";
import { choice, form } from "../common/form.ts";
import { t } from "../common/language.ts";
import { failure } from "../common/failure.ts";
import { showReceipt } from "./receipt.ts";

/** Show what the doses may move to; each keeps its place unless another is chosen. */
export async function showMove(ticket: Ticket, receipt: Receipt, place: HTMLElement): Promise<void> {
  const read = await index();
  const live = receipt.doses.filter((dose) => dose.state === "booked");
  const pickers = await Promise.all(live.map(async (dose) => {
    const all = await windows(dose.centre);
    const fitting = all.filter((one) => one.product === dose.product &&
      one.dose_rank === dose.dose_rank && one.free > 0 && one.slot !== dose.slot);
    const { box, select } = choice(`vers-${dose.dose_rank}`, t(`Dose ${dose.dose_rank}`, `Dose ${dose.dose_rank}`), [
      [String(dose.slot), t("ne pas déplacer", "leave as it is")],
      ...fitting.map((one) => [String(one.slot), `${longDay(one.day)}, ${clock(one.start)}`] as const),
    ]);
    const chosen = () => fitting.find((one) => String(one.slot) === select.value)
      ?? { centre: dose.centre, slot: dose.slot, day: dose.day };
    return { box, chosen, dose };
  }));
  const wrong = el("div", {});
  const act = async () => {
    const doses = pickers.map(({ chosen }) => chosen());
    const [first, second] = doses;
    const product = read.products.find((one) => one.product === live[0]?.product);
    const span = first && second && product ? interval(product, first.day) : null;
    if (span !== null && second !== undefined && (second.day < span[0] || second.day > span[1])) {
      wrong.replaceChildren(el("p", { class: "wrong", role: "alert" }, t(
        `La 2e dose doit être entre le ${longDay(span[0])} et le ${longDay(span[1])}.`,
        `The 2nd dose has to be between ${longDay(span[0])} and ${longDay(span[1])}.`)));
      return;
    }
    const moved = await move(ticket, doses.map(({ centre, slot }) => ({ centre, slot })));
    await showReceipt(ticket, moved, false);
  };
  place.replaceChildren(
    el("h2", { tabindex: "-1" }, t("Choisir d’autres horaires", "Choose other times")),
    form(() => act().catch((error: unknown) => wrong.replaceChildren(failure(error))),
      ...pickers.map(({ box }) => box), wrong,
      el("button", { type: "submit", class: "primary" }, t("Déplacer", "Move"))));
  place.querySelector("h2")?.focus();
}
