/** Days and hours as people say them, on the clock of the place they are at. */
import { language, locale, t } from "./language.ts";

const DAY_MS = 86_400_000;

/** Midnight of a day `YYYY-MM-DD`, for arithmetic. */
function utc(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

export function addDays(day: string, days: number): string {
  return new Date(utc(day) + days * DAY_MS).toISOString().slice(0, 10);
}

export function daysBetween(one: string, other: string): number {
  return Math.round((utc(other) - utc(one)) / DAY_MS);
}

/** Monday of a day's week. */
export function mondayOf(day: string): string {
  return addDays(day, -((new Date(utc(day)).getUTCDay() + 6) % 7));
}

/** Today on the clock of a place. */
export function today(timeZone = "Europe/Paris"): string {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  return parts.format(new Date());
}

export function longDay(day: string): string {
  const form = new Intl.DateTimeFormat(locale, {
    timeZone: "UTC", weekday: "long", day: "numeric", month: "long",
  });
  return firstOf(form.format(utc(day)));
}

export function shortDay(day: string): string {
  const form = new Intl.DateTimeFormat(locale, {
    timeZone: "UTC", weekday: "short", day: "numeric", month: "short",
  });
  return firstOf(form.format(utc(day)));
}

/** In French the first of a month is an ordinal. */
function firstOf(text: string): string {
  return language === "fr" ? text.replace(/(^| )1 (?=\p{L})/u, "$11er ") : text;
}

/** Minutes after midnight, as a clock shows them. */
export function clock(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), String(minutes % 60).padStart(2, "0")];
  return language === "en" ? `${hours}:${rest}` : `${hours} h ${rest}`;
}

/** Hour of an instant on the clock of a place. */
export function hourAt(instant: string, timeZone = "Europe/Paris"): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
  const [hours = 0, minutes = 0] = parts.format(new Date(instant)).split(":").map(Number);
  return clock(60 * hours + minutes);
}

/** How long ago something was true. */
export function ago(instant: string): string {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(instant)) / 1000));
  if (seconds < 90) return t(`vu il y a ${seconds} s`, `seen ${seconds} s ago`);
  const minutes = Math.round(seconds / 60);
  return t(`vu il y a ${minutes} min`, `seen ${minutes} min ago`);
}
