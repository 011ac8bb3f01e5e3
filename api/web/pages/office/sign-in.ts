/** The way in for staff. */
import { el } from "../common/el.ts";
import { allFilled, field, form } from "../common/form.ts";
import { t } from "../common/language.ts";
import { failure, notice, show } from "../common/page.ts";
import { type Me, signIn } from "./session.ts";

/** Let somebody of a role in, then go on; a session that is there already needs no token. */
export async function enter(role: string, title: string, go: (me: Me) => Promise<void>): Promise<void> {
  const there = await signIn("").catch(() => null);
  if (there !== null && there.role === role) {
    await go(there);
    return;
  }
  const token = field("jeton", t("Jeton d’accès", "Access token"), { type: "password" },
    t("Donné par l’administrateur. Il reste dans la mémoire de cette page et disparaît quand elle se ferme.",
      "Given by the administrator. It stays in this page's memory and is gone when it closes."));
  const wrong = el("div", {});
  show(title, form(async () => {
    if (!allFilled([token.input])) return;
    try {
      const me = await signIn(token.input.value);
      token.input.value = "";
      if (me.role === role) await go(me);
      else wrong.replaceChildren(notice("error", t("Ce jeton est pour un autre métier.", "This token is for another role.")));
    } catch (error) {
      wrong.replaceChildren(failure(error));
    }
  }, token.box, wrong, el("button", { type: "submit", class: "primary" }, t("Entrer", "Sign in"))));
}
