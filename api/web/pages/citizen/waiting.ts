/** The waiting list: no name, no contact; the page asks how it stands, and why. */
import { newTicket, owned, keyed, type Ticket } from "../booking/desk.ts";
import { tagAndSeal } from "../booking/seal.ts";
import { confirm } from "../booking/desk.ts";
import { personForm } from "../booking/person-form.ts";
import { kilometres } from "../booking/places.ts";
import { campaign } from "../common/campaign.ts";
import { hourAt } from "../common/days.ts";
import { button, el } from "../common/el.ts";
import { choice, form } from "../common/form.ts";
import { ask } from "../common/http.ts";
import { language, n, t } from "../common/language.ts";
import { failure } from "../common/failure.ts";
import { notice, show } from "../common/page.ts";
import { qrCode } from "../common/qr.ts";
import { showReceipt } from "./receipt.ts";
import type { Asked, Known } from "./search.ts";

interface Status {
  readonly state: string;
  readonly offers_made: number;
  readonly offer: null | {
    offer: string; kind: string; ends_at: string; booking: string | null;
    first: { centre: string; starts_at: string };
    doses: { dose_rank: number; centre: string; starts_at: string }[];
  };
  readonly booking: string | null;
  readonly reasons: readonly { reason: string; sentence: string; people?: number }[];
  readonly poll_after_s: number;
}

const MOST_CENTRES = 50;
const ENTRY = /^attente=([0-9a-f-]{36})\.([A-Za-z0-9_-]{43})$/;

/** Entry of a waiting list's link. */
export function entryOf(fragment: string): Ticket | null {
  const found = ENTRY.exec(fragment.replace(/^#/, ""));
  return found === null ? null : { id: found[1] ?? "", secret: found[2] ?? "" };
}

/** Join for the centres within reach: "20 km" becomes a list of centres here, so nobody learns from where. */
export function joinForm(known: Known, asked: Asked): HTMLElement {
  const reach = choice("attente-rayon", t("Je peux aller jusqu’à", "I can go as far as"),
    [["10", "10 km"], ["30", "30 km"], ["60", "60 km"]], "30");
  const wrong = el("div", {});
  return form(async () => {
    const near = [...known.centres.values()]
      .map(({ centre, lat, lon }) => ({ centre, km: kilometres(asked.place, { lat, lon }) }))
      .filter(({ km }) => km <= Number(reach.select.value))
      .sort((a, b) => a.km - b.km).slice(0, MOST_CENTRES).map(({ centre }) => centre);
    if (near.length === 0) {
      wrong.replaceChildren(notice("warning", t("Aucun centre aussi près. Élargissez la distance.", "No centre that near. Widen the distance.")));
      return;
    }
    const entry = newTicket();
    const body = {
      department: asked.wanted.department, class: asked.wanted.class, centres: near,
      products: known.index.products.map(({ product }) => product),
    };
    try {
      const status = await ask<Status>("POST", "/api/waiting", { headers: keyed(entry), body });
      history.replaceState(null, "", `#attente=${entry.id}.${entry.secret}`);
      showEntry(entry, status);
    } catch (error) {
      wrong.replaceChildren(failure(error));
    }
  }, el("h3", {}, t("Liste d’attente", "Waiting list")), reach.box, wrong,
  el("button", { type: "submit", class: "primary" }, t("M’inscrire sur la liste", "Join the list")));
}

export async function openEntry(entry: Ticket): Promise<void> {
  showEntry(entry, await ask<Status>("GET", `/api/waiting/${entry.id}`, { headers: owned(entry) }));
}

function showEntry(entry: Ticket, status: Status): void {
  const link = `${location.origin}/rendez-vous#attente=${entry.id}.${entry.secret}`;
  const wrong = el("div", {});
  show(t("Liste d’attente", "Waiting list"),
    status.offer === null ? reasons(status) : offered(entry, status.offer, wrong),
    wrong,
    status.state === "served" || status.state === "left" ? null : el("section", { class: "keep" },
      qrCode(link, t("Code QR de ce lien", "QR code of this link")),
      el("div", {}, el("p", {}, t("Gardez ce lien et rouvrez-le : la page se met à jour seule.", "Keep this link and open it again: the page updates by itself.")),
        el("p", { class: "link-text" }, el("a", { href: link }, link)))),
    button(t("Quitter la liste", "Leave the list"), async () => {
      await ask("DELETE", `/api/waiting/${entry.id}`, { headers: owned(entry) });
      history.replaceState(null, "", location.pathname + location.search);
      show(t("Vous n’êtes plus sur la liste", "You have left the list"), el("p", {}, t("Rien n’est gardé.", "Nothing is kept.")));
    }, { class: "link" }));
  const marker = document.querySelector("h1");
  setTimeout(() => {
    if (marker?.isConnected && document.querySelector("#contenu form") === null) {
      openEntry(entry).catch((error: unknown) => wrong.replaceChildren(failure(error)));
    }
  }, Math.max(5, status.poll_after_s) * 1000);
}

function reasons(status: Status): HTMLElement {
  const lines = status.reasons.map((one) => language === "fr"
    ? one.sentence : english(one.reason, one.people));
  const title = status.state === "served"
    ? t("Une proposition est devenue un rendez-vous.", "An offer has become an appointment.")
    : t("Vous êtes sur la liste. Pourquoi rien encore :", "You are on the list. Why nothing yet:");
  return el("div", {}, el("p", { class: "lead" }, title), el("ul", {}, ...lines.map((line) => el("li", {}, line))),
    el("p", { class: "quiet" }, n(status.offers_made, ["proposition faite", "propositions faites"], ["offer made", "offers made"])));
}

function offered(entry: Ticket, offer: NonNullable<Status["offer"]>, wrong: HTMLElement): HTMLElement {
  const yes = async () => {
    if (offer.kind === "reserved" && offer.booking !== null) {
      await take({ id: offer.booking, secret: entry.secret }, offer.doses);
      return;
    }
    showEntry(entry, await ask("POST", `/api/waiting/${entry.id}/offers/${offer.offer}/claim`, { headers: owned(entry) }));
  };
  const no = async () => showEntry(entry,
    await ask("POST", `/api/waiting/${entry.id}/offers/${offer.offer}/refuse`, { headers: owned(entry) }));
  const guarded = (act: () => Promise<void>) => () => act().catch((error: unknown) => wrong.replaceChildren(failure(error)));
  return notice("good",
    el("h2", {}, offer.kind === "reserved" ? t("Une dose est retenue pour vous", "A dose is held for you")
      : t("Une dose pourrait se libérer : rien n’est retenu", "A dose may become free: nothing is held")),
    el("ul", {}, ...(offer.doses.length ? offer.doses : [offer.first]).map((dose) => el("li", {}, `${new Date(dose.starts_at).toLocaleDateString(language)}, ${hourAt(dose.starts_at)} · ${dose.centre}`))),
    el("p", {}, t(`Répondez avant ${hourAt(offer.ends_at)}.`, `Answer before ${hourAt(offer.ends_at)}.`)),
    el("div", { class: "actions" }, button(t("Je la prends", "I take it"), guarded(yes), { class: "primary" }),
      button(t("Non merci", "No thank you"), guarded(no))));
}

async function take(ticket: Ticket, doses: readonly { dose_rank: number; centre: string }[]): Promise<void> {
  const { kind } = await campaign();
  const fields = personForm(kind, false);
  const wrong = el("div", {});
  show(t("Qui vient ?", "Who is coming?"), form(async () => {
    const who = fields.read();
    if (who === null) return;
    await tagAndSeal(who, ticket, doses)
      .then((made) => confirm(ticket, made.tag, made.doses))
      .then((receipt) => {
        history.replaceState(null, "", `#rdv=${ticket.id}.${ticket.secret}`);
        return showReceipt(ticket, receipt, true);
      })
      .catch((error: unknown) => wrong.replaceChildren(failure(error)));
  }, fields.box, wrong, el("button", { type: "submit", class: "primary" }, t("Confirmer le rendez-vous", "Confirm the appointment"))));
}

/** The server says it in French; here is what its codes mean in English. */
function english(reason: string, people = 0): string {
  const texts: Readonly<Record<string, string>> = {
    "class-not-open": "Vaccination is not open to your situation yet.",
    "no-product-allowed": "No accepted vaccine is allowed for your situation.",
    "no-dose": "No first dose is planned at these centres.",
    "all-taken": "All doses of these centres are taken.",
    bookable: "Places are free: book one.",
    "after-an-offer": "An offer went by; others come first for two hours.",
    "people-before": `${people} people wait before you.`,
    next: "You are first on the list.",
  };
  return texts[reason] ?? reason;
}
