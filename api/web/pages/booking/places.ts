/** Finding a commune in the browser: only the first two characters are ever asked for. */
import { ask } from "../common/http.ts";

export interface Place {
  readonly name: string;
  readonly department: string;
  readonly lat: number;
  readonly lon: number;
  readonly codes: readonly string[];
}

/** Name, département, degrees, and postal codes in the files by digits. */
type Row = readonly [string, string, number, number, (readonly string[])?];
const CUT = 2;
const MOST = 8;
const EARTH_KM = 6371;
const cuts = new Map<string, Promise<Place[]>>();

/** Small letters and digits alone. */
export function folded(text: string): string {
  const plain = text.toLowerCase().replaceAll("œ", "oe").replaceAll("æ", "ae").normalize("NFKD");
  return plain.replace(/[^a-z0-9]/g, "");
}

/** Communes whose name, or département, begins like this; largest first. */
export async function matches(typed: string): Promise<Place[]> {
  const wanted = folded(typed).replace(/^(st|ste)(?=[a-z])(?!r)/, (saint) => (saint === "st" ? "saint" : "sainte"));
  if (wanted.length < CUT) return [];
  const all = await cut(wanted.slice(0, CUT));
  if (/^\d/.test(wanted)) return all.filter((place) => place.codes.some((code) => code.startsWith(wanted))).slice(0, MOST);
  const whole = all.filter((place) => folded(place.name) === wanted);
  const begun = all.filter((place) => folded(place.name).startsWith(wanted));
  return [...new Set([...whole, ...begun])].slice(0, MOST);
}

/** Kilometres as the crow flies. */
export function kilometres(one: { lat: number; lon: number }, other: { lat: number; lon: number }): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [a, b] = [radians(one.lat), radians(other.lat)];
  const half = Math.sin((b - a) / 2) ** 2 +
    Math.cos(a) * Math.cos(b) * Math.sin(radians(other.lon - one.lon) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.sqrt(half));
}

function cut(two: string): Promise<Place[]> {
  const known = cuts.get(two) ?? ask<Row[]>("GET", `/places/${two}.json`).then(
    (rows) => rows.map(([name, department, lat, lon, codes = []]) => ({ name, department, lat, lon, codes })),
    () => [],
  );
  cuts.set(two, known);
  return known;
}
