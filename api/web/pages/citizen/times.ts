/** The hours of a centre: a first dose is chosen, its second one comes with it and can be changed. */
import { type Department, type Window, windows } from "../booking/availability.ts";
import { allowed, interval, matching, type Offer } from "../booking/pairs.ts";
import { clock, longDay, shortDay } from "../common/days.ts";
import { button, el } from "../common/el.ts";
import { choice } from "../common/form.ts";
import { n, t } from "../common/language.ts";
import { failure } from "../common/failure.ts";
import { show } from "../common/page.ts";
import { begin } from "./held.ts";
import { type Asked, type Known, search } from "./search.ts";

export interface Chosen {
  readonly known: Known;
  readonly asked: Asked;
  readonly offer: Offer;
  readonly at: Department;
}

/** Show a centre's days and hours; `before` is why an earlier choice could not be had. */
export async function times(chosen: Chosen, before?: unknown): Promise<void> {
  const { known, asked, offer, at } = chosen;
  const there = await windows(offer.centre);
  const seconds = offer.second === null || offer.second.centre === offer.centre
    ? there : await windows(offer.second.centre);
  const counts = at.centres.find((one) => one.centre === offer.centre);
  const firsts = there.filter((one) => one.product === offer.product.product && one.free > 0 &&
    (asked.wanted.first === null
      ? one.dose_rank === 1 && counts !== undefined && allowed(counts, one, asked.wanted) &&
        (interval(offer.product, one.day) === null || matching(one, offer.product, seconds) !== null)
      : one.dose_rank === 2 && inside(offer, asked, one)));
  const hours = el("div", { class: "hours" });
  const summary = el("div", { class: "summary", "aria-live": "polite" });
  const days = [...new Set(firsts.map((one) => one.day))];
  const picker = choice("jour", t("Jour", "Day"), days.map((day) => [day, longDay(day)] as const));
  const draw = () => {
    summary.replaceChildren();
    hours.replaceChildren(...firsts.filter((one) => one.day === picker.select.value).map((one) =>
      button(clock(one.start), () => {
        for (const other of hours.querySelectorAll("button")) other.removeAttribute("aria-pressed");
        hours.querySelector(`[data-slot="${one.slot}"]`)?.setAttribute("aria-pressed", "true");
        summary.replaceChildren(...pairOf(chosen, one, seconds));
      }, { "data-slot": one.slot, "aria-label": `${clock(one.start)}, ${n(one.free, ["place", "places"], ["place", "places"])}` })));
  };
  picker.select.addEventListener("change", draw);
  draw();
  const centre = known.centres.get(offer.centre);
  show(centre?.name ?? offer.centre,
    el("p", {}, button(t("← Retour à la recherche", "← Back to the search"), () => search(asked.only), { class: "link" })),
    el("p", { class: "lead" }, `${offer.product.label} · ${[centre?.address, centre?.city].filter(Boolean).join(", ")}`),
    before === undefined ? null : failure(before),
    firsts.length === 0 ? el("p", {}, t("Les dernières places viennent d’être prises.", "The last places have just been taken.")) : picker.box,
    hours, summary);
}

function pairOf(chosen: Chosen, first: Window, seconds: readonly Window[]): HTMLElement[] {
  const { offer, asked } = chosen;
  const span = asked.wanted.first === null ? interval(offer.product, first.day) : null;
  const fitting = span === null ? [] : seconds.filter((one) => one.dose_rank === 2 && one.free > 0 &&
    one.product === first.product && one.day >= span[0] && one.day <= span[1]);
  const best = matching(first, offer.product, seconds);
  const other = choice("seconde", t("2e dose", "2nd dose"),
    fitting.map((one) => [String(one.slot), `${longDay(one.day)}, ${clock(one.start)}`] as const), String(best?.slot ?? ""));
  const wrong = el("div", {});
  const book = button(
    span === null ? t("Réserver ce rendez-vous", "Book this appointment") : t("Réserver ces deux rendez-vous", "Book these two appointments"),
    async () => {
      const second = fitting.find((one) => String(one.slot) === other.select.value);
      const doses = second === undefined ? [first] : [first, second];
      await begin(chosen, doses).catch((error: unknown) =>
        // After the waiting room this view is gone: what is still free is shown anew.
        wrong.isConnected ? wrong.replaceChildren(failure(error)) : times(chosen, error));
    }, { class: "primary" });
  return [
    el("p", { class: "pair" }, el("span", { class: "dose" },
      `${asked.wanted.first === null ? t("1re dose", "1st dose") : t("2e dose", "2nd dose")} : `,
      el("strong", {}, `${longDay(first.day)}, ${clock(first.start)}`))),
    ...(span === null ? [] : [other.box, el("p", { class: "hint" }, t(
      `Entre ${shortDay(span[0])} et ${shortDay(span[1])} pour ce vaccin.`,
      `Between ${shortDay(span[0])} and ${shortDay(span[1])} for this vaccine.`))]),
    wrong, book,
  ];
}

function inside(offer: Offer, asked: Asked, one: Window): boolean {
  const span = asked.wanted.first === null ? null : interval(offer.product, asked.wanted.first.on);
  return span !== null && one.day >= span[0] && one.day <= span[1];
}
