/** Doses that belong together: which second one goes with a first one. */
import { addDays, daysBetween, mondayOf } from "../common/days.ts";
import type { CentreCounts, Department, Index, Product, Window } from "./availability.ts";

/** Who looks for what. */
export interface Wanted {
  /** Département the person lives in: quotas are kept by it. */
  readonly department: string;
  readonly class: string;
  /** The first dose, had elsewhere; null for somebody who begins. */
  readonly first: { readonly product: string; readonly on: string } | null;
}

/** What a centre has of a product: the earliest days, and how many places in all. */
export interface Offer {
  readonly centre: string;
  readonly product: Product;
  readonly day: string;
  /** Earliest second dose, and where; null where one dose is enough. */
  readonly second: { readonly day: string; readonly centre: string } | null;
  readonly places: number;
}

interface DayCount { readonly day: string; readonly free: number }

/** Offers of a département, one a centre and product. */
export function offers(of: Department, index: Index, wanted: Wanted): Offer[] {
  return of.centres.flatMap((centre) =>
    index.products.flatMap((product) => {
      const made = wanted.first === null
        ? begins(of, centre, product, wanted)
        : second(centre, product, wanted.first);
      return made === null ? [] : [made];
    }));
}

/** Days a second dose may be on, after a first one on this day; null where one is enough. */
export function interval(product: Product, first: string): readonly [string, string] | null {
  const inForce = product.intervals.filter(({ from_date }) => from_date <= first).at(-1);
  if (product.doses_needed < 2 || inForce === undefined) return null;
  return [addDays(first, inForce.min_days), addDays(first, inForce.max_days)];
}

/** The second window nearest to the hour of the first, on the earliest day there is. */
export function matching(first: Window, product: Product, all: readonly Window[]): Window | null {
  const span = interval(product, first.day);
  if (span === null) return null;
  const [from, to] = span;
  const fitting = all.filter((one) => one.dose_rank === 2 && one.product === first.product &&
    one.day >= from && one.day <= to && one.free > 0);
  const day = fitting[0]?.day;
  return fitting.filter((one) => one.day === day)
    .reduce<Window | null>((best, one) => (best === null ||
      Math.abs(one.start - first.start) < Math.abs(best.start - first.start) ? one : best), null);
}

/** Whether somebody may have this first dose, as the département's file tells. */
export function allowed(at: CentreCounts, window: Window, wanted: Wanted): boolean {
  const listed = at.counts.some(({ product, dose_rank, first_day, free, classes }) => {
    const offset = daysBetween(first_day, window.day);
    return product === window.product && dose_rank === 1 && offset >= 0 && offset < free.length &&
      classes?.includes(wanted.class);
  });
  return listed && room(at, window.product, window.day, wanted) > 0;
}

function begins(of: Department, centre: CentreCounts, product: Product, wanted: Wanted): Offer | null {
  const days = countsOf(centre, product.product, 1, wanted)
    .map(({ day, free }) => ({ day, free: Math.min(free, room(centre, product.product, day, wanted)) }))
    .filter(({ free }) => free > 0);
  for (const { day } of days) {
    const span = interval(product, day);
    const there = span === null ? null : earliestSecond(of, centre, product.product, span);
    if (span !== null && there === null) continue;
    const places = days.reduce((sum, one) => sum + one.free, 0);
    return { centre: centre.centre, product, day, second: there, places };
  }
  return null;
}

function second(centre: CentreCounts, product: Product, first: NonNullable<Wanted["first"]>): Offer | null {
  const span = interval(product, first.on);
  if (product.product !== first.product || span === null) return null;
  const days = countsOf(centre, product.product, 2, null)
    .filter(({ day }) => day >= span[0] && day <= span[1]);
  if (days[0] === undefined) return null;
  const places = days.reduce((sum, one) => sum + one.free, 0);
  return { centre: centre.centre, product, day: days[0].day, second: null, places };
}

/** At the same centre if there is one, else at another of the same département. */
function earliestSecond(
  of: Department, home: CentreCounts, product: string, [from, to]: readonly [string, string],
): Offer["second"] {
  for (const centre of [home, ...of.centres.filter((one) => one !== home)]) {
    const found = countsOf(centre, product, 2, null).find(({ day }) => day >= from && day <= to);
    if (found !== undefined) return { day: found.day, centre: centre.centre };
  }
  return null;
}

/** Days with places, by day; those of first doses for the person's class only. */
function countsOf(centre: CentreCounts, product: string, rank: number, wanted: Wanted | null): DayCount[] {
  return centre.counts
    .filter((row) => row.product === product && row.dose_rank === rank &&
      (wanted === null || row.classes?.includes(wanted.class)))
    .flatMap(({ first_day, free }) => free.map((count, i) => ({ day: addDays(first_day, i), free: count })))
    .filter(({ free }) => free > 0)
    .sort((a, b) => (a.day < b.day ? -1 : 1));
}

function room(centre: CentreCounts, product: string, day: string, wanted: Wanted): number {
  const kept = centre.quotas.find((one) => one.product === product && one.week === mondayOf(day));
  if (kept === undefined || Date.parse(kept.open_at) <= Date.now()) return Infinity;
  const mine = kept.rooms.find(([place, group]) => place === wanted.department && group === wanted.class);
  return mine === undefined ? 0 : mine[2] ?? Infinity;
}
