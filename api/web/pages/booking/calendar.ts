/** A calendar file, made here: no server ever writes one. */
import type { Dose, Ticket } from "./desk.ts";
import { linkOf } from "./desk.ts";
import type { Centre } from "./availability.ts";
import { t } from "../common/language.ts";

const LINE = 60;

/** RFC 5545: an event a dose, with a reminder the day before and two hours before. */
export function calendar(
  ticket: Ticket | null, doses: readonly Dose[], centres: ReadonlyMap<string, Centre>,
): string {
  const events = doses.flatMap((dose) => {
    const centre = centres.get(dose.centre);
    const where = [centre?.name ?? dose.centre, centre?.address, centre?.postcode, centre?.city];
    return [
      "BEGIN:VEVENT", `UID:${crypto.randomUUID()}`, `DTSTAMP:${stamp(new Date().toISOString())}`,
      `DTSTART:${stamp(dose.starts_at)}`, `DTEND:${stamp(dose.ends_at)}`,
      `SUMMARY:${escaped(t(`Vaccination, dose ${dose.dose_rank}`, `Vaccination, dose ${dose.dose_rank}`))}`,
      `LOCATION:${escaped(where.filter(Boolean).join(", "))}`,
      ...(ticket === null ? [] : [`URL:${linkOf(ticket)}`]),
      ...["-P1D", "-PT2H"].flatMap((before) => [
        "BEGIN:VALARM", "ACTION:DISPLAY", `DESCRIPTION:${t("Rendez-vous de vaccination", "Vaccination appointment")}`,
        `TRIGGER:${before}`, "END:VALARM",
      ]),
      "END:VEVENT",
    ];
  });
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Creneau//FR", ...events, "END:VCALENDAR"];
  return `${lines.map(wrapped).join("\r\n")}\r\n`;
}

function stamp(instant: string): string {
  return new Date(instant).toISOString().replace(/[-:]|\.\d+/g, "");
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, (found) => `\\${found}`);
}

/** Long lines go on in the next one, behind a blank. */
function wrapped(line: string): string {
  const characters = [...line];
  const parts: string[] = [];
  for (let at = 0; at < characters.length; at += LINE) parts.push(characters.slice(at, at + LINE).join(""));
  return parts.join("\r\n ");
}
