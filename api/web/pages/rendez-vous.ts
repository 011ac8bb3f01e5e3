/** The citizen's page. What stands behind the # says what to show, and no server sees it. */
import { entryOf, openEntry } from "./citizen/waiting.ts";
import { openReceipt } from "./citizen/receipt.ts";
import { search } from "./citizen/search.ts";
import { ticketOf } from "./booking/desk.ts";
import { t } from "./common/language.ts";
import { failure } from "./common/failure.ts";
import { frame, show, withLanguage } from "./common/page.ts";
import { el } from "./common/el.ts";

async function start(): Promise<void> {
  frame(t("Rendez-vous", "Appointments"), [["/rendez-vous", t("Chercher une place", "Search")], ["/", t("Accueil", "Start")]]);
  const { hash } = location;
  const [ticket, entry] = [hash.startsWith("#rdv=") ? ticketOf(hash) : null, entryOf(hash)];
  if (ticket !== null) await openReceipt(ticket);
  else if (entry !== null) await openEntry(entry);
  else await search(new URLSearchParams(hash.slice(1)).get("centre") ?? "");
}

function begin(): void {
  start().catch((error: unknown) => show(t("La page n’a pas pu s’ouvrir", "The page could not open"), failure(error),
    el("p", {}, el("a", { href: withLanguage("/rendez-vous") }, t("Nouvelle recherche", "New search")))));
}

addEventListener("hashchange", begin);
begin();
