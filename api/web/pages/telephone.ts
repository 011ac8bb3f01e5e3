/** The telephone agent's page: books for a caller, from the telephone's share, sealed here too. */
import { t } from "./common/language.ts";
import { failure } from "./common/failure.ts";
import { frame, show } from "./common/page.ts";
import { callerForm } from "./office/caller.ts";
import { enter } from "./office/sign-in.ts";

frame(t("Téléphone", "Telephone"), [["/", t("Accueil", "Start")]]);
enter("agent", t("Entrée de l’agent", "Agent sign-in"), (me) => callerForm(me.scope))
  .catch((error: unknown) => show(t("La page n’a pas pu s’ouvrir", "The page could not open"), failure(error)));
