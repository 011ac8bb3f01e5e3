/** Places are held: a clock that is seen and heard, and the form that is sealed here. */
import type { Window } from "../booking/availability.ts";
import { confirm, hold, type Hold, newTicket, release, type Ticket } from "../booking/desk.ts";
import { personForm } from "../booking/person-form.ts";
import { tagAndSeal } from "../booking/seal.ts";
import { campaign, centreKey } from "../common/campaign.ts";
import { hourAt, longDay } from "../common/days.ts";
import { button, el } from "../common/el.ts";
import { form } from "../common/form.ts";
import { t } from "../common/language.ts";
import { failure } from "../common/failure.ts";
import { notice, show } from "../common/page.ts";
import { showReceipt } from "./receipt.ts";
import { inTurn } from "./room.ts";
import { search } from "./search.ts";
import { type Chosen, times } from "./times.ts";

const TICK_MS = 1000;
const WARN_S = 120;

/** Hold the doses, then ask who comes. */
export async function begin(chosen: Chosen, doses: readonly Window[]): Promise<void> {
  const { kind } = await campaign();
  // Nothing is blocked at a centre whose key nobody vouches for.
  await Promise.all(doses.map(({ centre }) => centreKey(centre)));
  const ticket = newTicket();
  const held = await inTurn((pass) => hold(ticket, chosen.asked.wanted, doses, "/api/holds", pass));
  const fields = personForm(kind, chosen.asked.relative);
  const wrong = el("div", {});
  const submit = el("button", { type: "submit", class: "primary" }, t("Confirmer le rendez-vous", "Confirm the appointment"));
  show(t("Qui vient ?", "Who is coming?"),
    countdown(held, () => times(chosen)),
    appointments(held, chosen),
    el("p", { class: "seal" }, t(
      "Ces réponses sont chiffrées ici, sur votre appareil. Seul le centre peut les lire : ni nous, ni l’hébergeur.",
      "These answers are encrypted here, on your device. Only the centre can read them: neither we nor the host can.")),
    form(async () => {
      const who = fields.read();
      if (who === null || submit.disabled) return;
      submit.disabled = true;
      submit.textContent = t("Chiffrement…", "Encrypting…");
      await confirmed(who, ticket, held).catch((error: unknown) => wrong.replaceChildren(failure(error)));
      submit.disabled = false;
      submit.textContent = t("Confirmer le rendez-vous", "Confirm the appointment");
    }, fields.box, wrong, submit),
    button(t("Abandonner et libérer la place", "Give up and free the place"), async () => {
      await release(ticket).catch(() => undefined);
      await search(chosen.asked.only);
    }, { class: "link" }),
  );
}

async function confirmed(who: Parameters<typeof tagAndSeal>[0], ticket: Ticket, held: Hold): Promise<void> {
  const made = await tagAndSeal(who, ticket, held.doses);
  const receipt = await confirm(ticket, made.tag, made.doses);
  history.replaceState(null, "", `#rdv=${ticket.id}.${ticket.secret}`);
  await showReceipt(ticket, receipt, true);
}

function appointments(held: Hold, { known }: Chosen): HTMLElement {
  return el("ul", { class: "plain" }, ...held.doses.map((dose) => el("li", {},
    el("strong", {}, `${longDay(dose.day)}, ${hourAt(dose.starts_at)}`), ` · ${known.centres.get(dose.centre)?.name ?? dose.centre}`)));
}

/** Minutes left; said aloud when two are left, and when none is. */
function countdown(held: Hold, again: () => Promise<void>): HTMLElement {
  const until = Date.parse(held.expires_at);
  const clock = el("strong", { class: "clock" });
  const said = el("span", { class: "hidden-visually", role: "status" });
  const box = notice("info", el("p", { "aria-live": "off" }, t("Place retenue pour vous encore ", "Held for you for another "), clock), said);
  let warned = false;
  const tick = () => {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)} min ${String(left % 60).padStart(2, "0")} s`;
    if (left <= WARN_S && !warned) {
      warned = true;
      box.classList.add("warning");
      said.textContent = t("Il reste deux minutes pour confirmer.", "Two minutes are left to confirm.");
    }
    if (left === 0) {
      clearInterval(timer);
      box.replaceChildren(el("p", {}, t("Le temps est écoulé, la place est de nouveau libre.", "Your time is over, the place is free again.")),
        button(t("Choisir un autre horaire", "Choose another time"), again));
    }
    if (!box.isConnected) clearInterval(timer);
  };
  const timer = setInterval(tick, TICK_MS);
  queueMicrotask(tick);
  return box;
}
