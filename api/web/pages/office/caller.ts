/** One caller: class, centre, days, who they are; then what the agent reads out. */
import { type Centre, centres, index, type Index } from "../booking/availability.ts";
import { confirm, type Hold, hold, linkOf, newTicket, type Receipt, type Ticket } from "../booking/desk.ts";
import { interval } from "../booking/pairs.ts";
import { personForm } from "../booking/person-form.ts";
import { tagAndSeal } from "../booking/seal.ts";
import { campaign } from "../common/campaign.ts";
import { addDays, hourAt, longDay, today } from "../common/days.ts";
import { button, el } from "../common/el.ts";
import { choice, form } from "../common/form.ts";
import { t } from "../common/language.ts";
import { failure } from "../common/failure.ts";
import { notice, show } from "../common/page.ts";
import { qrCode } from "../common/qr.ts";
import { asStaff, at, staffHeaders } from "./session.ts";

interface DaySlot {
  readonly slot: number;
  readonly starts_at: string;
  readonly product: string;
  readonly dose_rank: number;
  readonly free: number;
}

interface Asked {
  readonly department: string;
  readonly class: string;
  readonly centre: Centre;
}

type Slot = DaySlot & { readonly day: string; readonly centre: string };
const DAYS = 14;
const AT_ONCE = 12;

/** The first question to a caller. */
export async function callerForm(department: string): Promise<void> {
  const [read, all] = await Promise.all([index(), centres()]);
  const ours = [...all.values()].filter((one) => one.department === department);
  const groups = choice("situation", t("Situation de la personne", "The person's situation"), read.classes.map((one) => [one.class, one.label] as const));
  const place = choice("centre", t("Centre", "Centre"), ours.map((one) => [one.centre, `${one.name}, ${one.city}`] as const));
  const found = el("div", { "aria-live": "polite" });
  show(t("Nouvel appel", "New call"),
    form(async () => {
      const centre = all.get(place.select.value);
      if (centre === undefined) return;
      await firsts({ department, class: groups.select.value, centre }, read, found)
        .catch((error: unknown) => found.replaceChildren(failure(error)));
    }, groups.box, place.box, el("button", { type: "submit", class: "primary" }, t("Chercher", "Search"))),
    found);
}

async function firsts(asked: Asked, read: Index, found: HTMLElement): Promise<void> {
  found.replaceChildren(el("p", { role: "status" }, t("Recherche…", "Searching…")));
  const open = await slots(asked.centre.centre, today(), DAYS, (one) => one.dose_rank === 1);
  found.replaceChildren(
    el("h2", {}, open.length ? t("Première dose", "First dose") : t("Rien dans les deux semaines", "Nothing within two weeks")),
    el("ul", { class: "cards" }, ...open.slice(0, AT_ONCE).map((first) => el("li", { class: "card slim" },
      el("div", {}, el("strong", {}, `${longDay(first.day)}, ${hourAt(first.starts_at)}`), el("p", { class: "quiet" }, first.product)),
      button(t("Choisir", "Choose"), () => book(asked, read, first, found).catch((error: unknown) => found.prepend(failure(error))),
        { "aria-label": t(`Choisir ${longDay(first.day)}, ${hourAt(first.starts_at)}`, `Choose ${longDay(first.day)}, ${hourAt(first.starts_at)}`) })))));
}

/** Days of a centre, read in turn until there is something. */
async function slots(centre: string, from: string, days: number, wanted: (one: DaySlot) => boolean): Promise<Slot[]> {
  const found: Slot[] = [];
  for (let offset = 0; offset < days && found.length < AT_ONCE; offset += 1) {
    const day = addDays(from, offset);
    const read = await asStaff<{ slots: DaySlot[] }>("GET", `${at(centre)}/days/${day}/slots`);
    found.push(...read.slots.filter(wanted).map((one) => ({ ...one, day, centre })));
  }
  return found;
}

/** Hold the first dose with the earliest second one, and ask who it is for. */
async function book(asked: Asked, read: Index, first: Slot, found: HTMLElement): Promise<void> {
  const product = read.products.find((one) => one.product === first.product);
  const span = product === undefined ? null : interval(product, first.day);
  const seconds = span === null ? [] : await slots(asked.centre.centre, span[0], DAYS,
    (one) => one.dose_rank === 2 && one.product === first.product);
  if (span !== null && seconds[0] === undefined) {
    found.prepend(notice("warning", t("Pas de deuxième dose au téléphone pour ce jour : choisissez-en un autre.", "No second dose by telephone for that day: choose another.")));
    return;
  }
  const { kind } = await campaign();
  const ticket = newTicket();
  const wanted = { department: asked.department, class: asked.class, first: null };
  const held = await hold(ticket, wanted, [first, ...seconds.slice(0, 1)], "/api/staff/holds", staffHeaders());
  const fields = personForm(kind, true);
  const wrong = el("div", {});
  show(t("Qui vient ?", "Who is coming?"), notice("info", read_out(held)),
    form(async () => {
      const who = fields.read();
      if (who === null) return;
      await tagAndSeal(who, ticket, held.doses).then((made) => confirm(ticket, made.tag, made.doses))
        .then((receipt) => done(asked, ticket, receipt))
        .catch((error: unknown) => wrong.replaceChildren(failure(error)));
    }, fields.box, wrong, el("button", { type: "submit", class: "primary" }, t("Confirmer", "Confirm"))));
}

function done(asked: Asked, ticket: Ticket, receipt: Receipt): void {
  const link = linkOf(ticket);
  show(t("Rendez-vous confirmé", "Appointment confirmed"),
    notice("good", el("p", {}, t("À lire à la personne :", "To be read out:")), read_out(receipt), el("p", {}, `${asked.centre.name}, ${asked.centre.address} ${asked.centre.city}`)),
    el("section", { class: "keep" }, qrCode(link, t("Code QR du reçu", "QR code of the receipt")), el("div", {},
      el("p", {}, t("Reçu, à envoyer seulement si la personne le demande. Sans lui, le centre peut en refaire un.", "Receipt, to be sent only if asked for. Without it, the centre can make a new one.")),
      el("p", { class: "link-text" }, link))),
    button(t("Appel suivant", "Next call"), () => callerForm(asked.department), { class: "primary" }));
}

function read_out({ doses }: Pick<Hold | Receipt, "doses">): HTMLElement {
  return el("ul", { class: "plain" }, ...doses.map((dose) => el("li", {}, t(`Dose ${dose.dose_rank} : `, `Dose ${dose.dose_rank}: `),
    el("strong", {}, `${longDay(dose.day)}, ${hourAt(dose.starts_at)}`))));
}
