/** Opening the centre's keys in this page, by passphrase or by the recovery kit. */
import {
  Refused, recoveryWrap, typed, unwrapByCode, unwrapByPassphrase, wrapOf,
} from "../../protocol/staff.ts";
import { el } from "../common/el.ts";
import { allFilled, choice, field, form } from "../common/form.ts";
import { t } from "../common/language.ts";
import { failure } from "../common/failure.ts";
import { fileOf, type KeyEntry, opened, type OpenKey } from "./keyring.ts";

/** The form; `go` gets the keys that this holder opens, newest first. */
export function unlockForm(
  centre: string, entries: readonly KeyEntry[], go: (keys: readonly OpenKey[]) => Promise<void>,
): HTMLElement {
  const wrong = el("div", {});
  const usable = entries.filter((entry) => entry.key_file !== null);
  let names: string[] = [];
  try {
    names = [...new Set(usable.flatMap((entry) => fileOf(entry, centre).wraps)
      .filter((wrap) => wrap.method === "passphrase").map((wrap) => wrap.holder))];
  } catch (error) {
    wrong.append(failure(error));
  }
  const holder = choice("detenteur", t("Qui ouvre ?", "Who opens?"), [
    ...names.map((name) => [name, name] as const),
    ["", t("le kit de secours", "the recovery kit")],
  ]);
  const secret = field("phrase", t("Phrase secrète, ou code du kit", "Passphrase, or code of the kit"), { type: "password" });
  const submit = el("button", { type: "submit", class: "primary" }, t("Ouvrir la liste", "Open the list"));
  return form(async () => {
    if (!allFilled([secret.input]) || submit.disabled) return;
    submit.disabled = true;
    try {
      const found = await openAll(centre, usable, holder.select.value, secret.input.value);
      secret.input.value = "";
      await go(found);
    } catch (error) {
      wrong.replaceChildren(failure(error));
    }
    submit.disabled = false;
  }, holder.box, secret.box, wrong, submit);
}

/** Every key that opens; refused as the first was when none does. */
async function openAll(
  centre: string, entries: readonly KeyEntry[], holder: string, secret: string,
): Promise<OpenKey[]> {
  const found: OpenKey[] = [];
  let refusal: Refused | null = null;
  for (const entry of entries) {
    try {
      const file = fileOf(entry, centre);
      const key = holder === ""
        ? await unwrapByCode(recoveryWrap(file), file.owner, typed(secret))
        : await unwrapByPassphrase(wrapOf(file, holder), file.owner, secret);
      found.push(await opened(entry, file, key));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refusal ??= error;
    }
  }
  if (found.length === 0) throw refusal ?? new Refused("this centre has no key");
  return found;
}
