/** The waiting room: how many are before, for how long, and in by itself when the turn comes. */
import { ahead, hasTurn, headersOf, isTheRoom, notice, type Notice, pass, type Pass } from "../booking/room.ts";
import { button, el } from "../common/el.ts";
import { locale, n, t } from "../common/language.ts";
import { notice as box, show } from "../common/page.ts";

const LOOK_MS = 3000;
const MINUTE_S = 60;
const EARLY_MS = 3600 * 1000;

/** Do what needs a turn: at once while nobody queues, else when the turn has come. */
export async function inTurn<T>(act: (headers: Record<string, string>) => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act(headersOf());
    } catch (error) {
      if (!isTheRoom(error)) throw error;
      await turn();
    }
  }
}

/** An opening that is announced, with a place in its lot for who is here in the hour before. */
export async function announced(afterwards: () => Promise<void>): Promise<HTMLElement | null> {
  const opening = (await notice().catch(() => null))?.opening ?? null;
  const left = opening === null ? 0 : Date.parse(opening.opens_at) - Date.now();
  if (opening === null || left <= 0) return null;
  const at = new Date(opening.opens_at).toLocaleString(locale, { dateStyle: "full", timeStyle: "short" });
  return box("info", el("p", {}, t(`De nouveaux rendez-vous ouvrent : ${at}.`, `New appointments open: ${at}.`)),
    left > EARLY_MS
      ? el("p", {}, t("Revenez dans l’heure qui précède : l’ordre sera tiré au sort entre les présents.",
        "Come back in the hour before: the order is drawn by lot among those who are here."))
      : button(t("Prendre ma place dans le tirage", "Take my place in the lot"), async () => {
        await turn();
        await afterwards();
      }, { class: "primary" }));
}

/** Wait, and show where one stands. */
async function turn(): Promise<void> {
  const place = el("p", { class: "lead", "aria-live": "polite" }, t("Votre place se prépare…", "Your place is being made…"));
  show(t("Beaucoup de monde : vous êtes dans la file", "Very busy: you are in the queue"),
    place,
    el("p", {}, t(
      "Gardez cette page ouverte : elle avance toute seule. La rafraîchir ou perdre la connexion ne fait pas perdre votre place.",
      "Keep this page open: it goes on by itself. Refreshing it or losing the connection does not lose your place.")),
    el("p", { class: "hint" }, t(
      "Les personnes déjà là à l’ouverture passent dans un ordre tiré au sort, les autres dans l’ordre d’arrivée.",
      "People who were here before the opening come in an order drawn by lot, everybody else as they arrived.")));
  const own = await pass();
  for (;;) {
    // A connection that is lost for a while loses nothing: the place is in the ticket.
    const now = await notice().catch(() => undefined);
    if (now === null || (now !== undefined && hasTurn(own, now))) return;
    if (now !== undefined) place.replaceChildren(...where(own, now));
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS * (0.75 + Math.random() / 2)));
  }
}

function where(own: Pass, now: Notice): (string | HTMLElement)[] {
  const before = Math.ceil(ahead(own, now));
  if (own.early && now.opening !== null && now.opening.secret === null) {
    const at = new Date(now.opening.opens_at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
    return [t(`Ouverture à ${at}. Inutile de venir plus tôt : l’ordre sera tiré au sort.`,
      `Opening at ${at}. Being earlier is of no use: the order is drawn by lot.`)];
  }
  const people = n(before, ["personne avant vous", "personnes avant vous"], ["person before you", "people before you"]);
  if (now.rate_per_s <= 0) return [el("strong", {}, people)];
  return [el("strong", {}, people), " · ", lasting(before / now.rate_per_s)];
}

function lasting(seconds: number): string {
  if (seconds < MINUTE_S) return t("moins d’une minute", "less than a minute");
  const minutes = Math.ceil(seconds / MINUTE_S);
  return t(`environ ${minutes} min`, `about ${minutes} min`);
}
