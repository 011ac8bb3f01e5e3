/** What everybody may read (docs/feeds.md), as the pages use it. */
import { safeName } from "../common/http.ts";
import { ask } from "../common/http.ts";

export interface Product {
  readonly product: string;
  readonly label: string;
  readonly doses_needed: number;
  readonly intervals: readonly { from_date: string; min_days: number; max_days: number }[];
}

export interface Index {
  readonly departments: readonly { department: string; name: string; timezone: string; centres: string[] }[];
  readonly products: readonly Product[];
  readonly classes: readonly { class: string; label: string; opens_on: string | null }[];
}

export interface Centre {
  readonly centre: string;
  readonly name: string;
  readonly department: string;
  readonly lat: number;
  readonly lon: number;
  readonly address: string;
  readonly postcode: string;
  readonly city: string;
  readonly phone: string;
}

export interface Counts {
  readonly product: string;
  readonly dose_rank: number;
  readonly first_day: string;
  readonly free: readonly number[];
  readonly classes?: readonly string[];
  readonly alone?: boolean;
}

export interface CentreCounts {
  readonly centre: string;
  readonly counts: readonly Counts[];
  readonly quotas: readonly {
    product: string; week: string; open_at: string;
    rooms: readonly (readonly [string, string, number | null])[];
  }[];
}

export interface Department {
  readonly department: string;
  readonly timezone: string;
  readonly centres: readonly CentreCounts[];
}

/** A slot with places left. */
export interface Window {
  readonly centre: string;
  readonly slot: number;
  readonly product: string;
  readonly dose_rank: number;
  readonly day: string;
  /** Minutes after local midnight. */
  readonly start: number;
  readonly free: number;
}

interface CentreFile {
  readonly centre: string;
  readonly windows: readonly {
    product: string; dose_rank: number; minutes: number; days: string[]; per_day: number[];
    slots: number[]; starts: number[]; free: number[];
  }[];
}

export const index = (): Promise<Index> => ask("GET", "/availability/index.json");

export async function centres(): Promise<Map<string, Centre>> {
  const { centres: all } = await ask<{ centres: Centre[] }>("GET", "/availability/centres.json");
  return new Map(all.map((one) => [one.centre, one]));
}

export const department = (code: string): Promise<Department> =>
  ask("GET", `/availability/departments/${safeName(code)}.json`);

/** Until when the files are known to be true. */
export async function checkedAt(): Promise<string> {
  const file = await ask<{ checked_at: string }>("GET", "/availability/publisher.json");
  return file.checked_at;
}

/** Windows of a centre, by time. */
export async function windows(centre: string): Promise<Window[]> {
  const file = await ask<CentreFile>("GET", `/availability/centres/${safeName(centre)}.json`);
  return file.windows.flatMap(({ product, dose_rank, days, per_day, slots, starts, free }) => {
    let [slot, at] = [0, 0];
    return days.flatMap((day, i) =>
      Array.from({ length: per_day[i] ?? 0 }, () => {
        slot += slots[at] ?? 0;
        const made = { centre, slot, product, dose_rank, day, start: starts[at] ?? 0, free: free[at] ?? 0 };
        at += 1;
        return made;
      }));
  }).sort((a, b) => (a.day === b.day ? a.start - b.start : a.day < b.day ? -1 : 1));
}
