/** The centre's page: in by a token, open by a key, closed by a lock that forgets. */
import { el } from "./common/el.ts";
import { t } from "./common/language.ts";
import { failure } from "./common/failure.ts";
import { frame, show } from "./common/page.ts";
import { showDay } from "./office/day-view.ts";
import { type KeyEntry, keys, type OpenKey } from "./office/keyring.ts";
import { showKeys, signedForm } from "./office/keys-view.ts";
import { forgetLots } from "./office/lots.ts";
import { signOut } from "./office/session.ts";
import { showSetup } from "./office/setup.ts";
import { enter } from "./office/sign-in.ts";
import { unlockForm } from "./office/unlock.ts";
import { button } from "./common/el.ts";

async function home(centre: string): Promise<void> {
  const entries = (await keys(centre)).filter((entry) => entry.destroyed_at === null);
  if (entries.some((entry) => entry.key_file !== null)) unlock(centre, entries);
  else showSetup(centre, () => home(centre));
}

function unlock(centre: string, entries: readonly KeyEntry[]): void {
  const unsigned = entries.every((entry) => entry.signed === null);
  show(t(`Centre ${centre}`, `Centre ${centre}`),
    el("p", { class: "lead" }, t("La liste s’ouvre avec une clé que seul le centre détient.", "The list opens with a key that only the centre holds.")),
    unlockForm(centre, entries, (open) => day(centre, open)),
    unsigned ? el("section", {}, el("h2", {}, t("La clé attend la signature de l’autorité", "The key awaits the authority's signature")),
      signedForm(centre, () => home(centre))) : null,
    button(t("Gérer les clés", "Manage keys"), () => showKeys(centre, [], () => home(centre)), { class: "link" }));
}

async function day(centre: string, open: readonly OpenKey[]): Promise<void> {
  const lock = async () => {
    for (const key of open) key.secret.fill(0);
    forgetLots();
    await signOut();
    // The page begins anew: whatever was opened goes with its memory.
    location.reload();
  };
  const office = { centre, keys: open, lock, manageKeys: () => showKeys(centre, open, () => showDay(office)) };
  await showDay(office);
}

frame(t("Centre", "Centre"), [["/", t("Accueil", "Start")]]);
const begin = () => enter("centre", t("Entrée du centre", "Centre sign-in"), (me) => home(me.scope));
begin().catch((error: unknown) => show(t("La page n’a pas pu s’ouvrir", "The page could not open"), failure(error)));
