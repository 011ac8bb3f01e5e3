/** The way in for staff. */
import { el } from "../common/el.ts";
import { allFilled, field, form } from "../common/form.ts";
import { t } from "../common/language.ts";
import { ask } from "../common/http.ts";
import { failure } from "../common/failure.ts";
import { notice, show } from "../common/page.ts";
import { type Me, signIn } from "./session.ts";

interface Ways {
  readonly providers: readonly { name: string; title: string }[];
}

/** Let somebody of a role in, then go on; a session that is there already needs no token. */
export async function enter(role: string, title: string, go: (me: Me) => Promise<void>): Promise<void> {
  const { providers } = await ask<Ways>("GET", "/api/staff/sign-on");
  // Only where somebody may have signed on elsewhere is there a session to look for.
  const there = providers.length === 0 ? null : await signIn("").catch(() => null);
  if (there !== null && there.role === role) {
    await go(there);
    return;
  }
  const token = field("jeton", t("Jeton d’accès", "Access token"), { type: "password" },
    t("Donné par l’administrateur. Il reste dans la mémoire de cette page et disparaît quand elle se ferme.",
      "Given by the administrator. It stays in this page's memory and is gone when it closes."));
  const wrong = el("div", {});
  const page = location.pathname.slice(1);
  const elsewhere = providers.map((one) => el("p", {}, el("a", { href: `/api/staff/sign-on/${one.name}?page=${page}` },
    t(`Entrer avec ${one.title}`, `Sign in with ${one.title}`))));
  show(title, ...elsewhere, form(async () => {
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
