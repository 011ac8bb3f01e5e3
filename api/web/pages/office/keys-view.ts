/** Keys of the centre: signed or not, one more holder, the next one, and destruction. */
import { fingerprint, publicKeyToJson } from "../../protocol/staff.ts";
import { longDay } from "../common/days.ts";
import { button, el } from "../common/el.ts";
import { allFilled, field, form } from "../common/form.ts";
import { ProblemError } from "../common/http.ts";
import { t } from "../common/language.ts";
import { failure } from "../common/failure.ts";
import { notice, show } from "../common/page.ts";
import { save } from "../common/save.ts";
import { destroyKey, fileOf, type KeyEntry, keepSigned, keys, type OpenKey, signedOf } from "./keyring.ts";
import { addHolder, saveFile, showSetup } from "./setup.ts";

/** Show the keys; `open` are those this page has open. */
export async function showKeys(centre: string, open: readonly OpenKey[], back: () => Promise<void>): Promise<void> {
  const entries = await keys(centre);
  const self = () => showKeys(centre, open, back);
  const wrong = el("div", {});
  show(t("Clés du centre", "Keys of the centre"),
    button(t("← Retour", "← Back"), back, { class: "link" }),
    el("ul", { class: "cards" }, ...entries.map((entry) => keyCard(centre, entry, open, wrong, self))),
    wrong,
    button(t("Fabriquer la clé suivante", "Make the next key"), () => showSetup(centre, self), { class: "primary" }),
    el("p", { class: "hint" }, t(
      "L’ancienne clé reste jusqu’au dernier rendez-vous chiffré pour elle, puis se détruit : c’est l’effacement.",
      "The old key stays until the last appointment sealed to it, then is destroyed: that is the erasure.")),
    signedForm(centre, self));
}

function keyCard(
  centre: string, entry: KeyEntry, open: readonly OpenKey[], wrong: HTMLElement, again: () => Promise<void>,
): HTMLElement {
  const mine = open.find((key) => key.name === entry.key_id);
  const facts = el("div", {}, el("h2", {}, entry.key_id.slice(0, 8), " ", el("span", { class: "state" }, stateOf(entry))));
  const actions = el("div", { class: "actions" });
  if (entry.key_file !== null) {
    try {
      const file = fileOf(entry, centre);
      facts.append(el("p", {}, t("Quatre mots : ", "Four words: "), el("strong", {}, fingerprint(file.owner))),
        el("p", { class: "quiet" }, t("Ouverte par : ", "Opened by: "), file.wraps.map((wrap) => (wrap.method === "code" ? t("kit de secours", "recovery kit") : wrap.holder)).join(", ")));
      actions.append(button(t("Document public", "Public document"), () => save("cle-publique.json", "application/json", publicKeyToJson(file.owner))),
        button(t("Copie enveloppée", "Wrapped copy"), () => saveFile(file)));
    } catch (error) {
      facts.append(failure(error));
    }
  }
  if (entry.destroyed_at === null) {
    actions.append(button(t("Détruire", "Destroy"), () => destroyFirst(centre, entry, wrong, again)));
  }
  return el("li", { class: "card tall" }, facts, actions, mine === undefined ? null : holderForm(centre, mine, again));
}

function stateOf(entry: KeyEntry): string {
  if (entry.destroyed_at !== null) return t("détruite", "destroyed");
  if (entry.signed === null) return t("pas encore signée", "not signed yet");
  const { validity } = signedOf(entry).key;
  return t(`du ${longDay(validity.first_day)} au ${longDay(validity.last_day)}`, `${longDay(validity.first_day)} to ${longDay(validity.last_day)}`);
}

function holderForm(centre: string, key: OpenKey, again: () => Promise<void>): HTMLElement {
  const holder = field(`qui-${key.name}`, t("Nouvelle personne", "One more person"), { maxlength: 60 });
  const phrase = field(`phrase-${key.name}`, t("Sa phrase secrète", "Their passphrase"), { type: "password", autocomplete: "new-password" });
  const wrong = el("div", {});
  return form(async () => {
    if (!allFilled([holder.input, phrase.input])) return;
    await addHolder(centre, key.file, key.secret, key.version, holder.input.value.trim(), phrase.input.value)
      .then(again).catch((error: unknown) => wrong.replaceChildren(failure(error)));
  }, holder.box, phrase.box, wrong, el("button", { type: "submit" }, t("Ajouter", "Add")));
}

/** What the authority gave back. */
export function signedForm(centre: string, done: () => Promise<void>): HTMLElement {
  const file = el("input", { type: "file", id: "signee", accept: "application/json,.json" });
  const wrong = el("div", {});
  return form(async () => {
    const chosen = file.files?.[0];
    if (chosen === undefined) return file.focus();
    await chosen.text().then((text) => keepSigned(centre, text)).then(done)
      .catch((error: unknown) => wrong.replaceChildren(failure(error)));
  }, el("div", { class: "field" }, el("label", { for: "signee" }, t("Document signé par l’autorité", "Document signed by the authority")), file),
  wrong, el("button", { type: "submit" }, t("Installer la signature", "Install the signature")));
}

async function destroyFirst(
  centre: string, entry: KeyEntry, wrong: HTMLElement, again: () => Promise<void>, anyway = false,
): Promise<void> {
  const typed = field("detruire", t("Pour détruire, tapez les huit premiers signes de la clé", "To destroy it, type the first eight characters of the key"));
  const said = el("div", {});
  wrong.replaceChildren(notice("warning",
    el("p", {}, anyway
      ? t("Des rendez-vous à venir sont chiffrés pour cette clé : détruite, personne ne saura qui vient.", "Appointments to come are sealed to this key: once destroyed, nobody will know who comes.")
      : t("Plus rien de ce qui a été chiffré pour elle ne sera lisible. Détruisez aussi la trousse de secours : une ancienne sauvegarde s’ouvrirait encore avec elle.", "Nothing sealed to it will be readable any more. Destroy the recovery kit, too: it would still open an old backup.")),
    form(async () => {
      if (typed.input.value !== entry.key_id.slice(0, 8)) return typed.input.focus();
      try {
        await destroyKey(centre, entry.key_id, anyway);
        await again();
      } catch (error) {
        if (error instanceof ProblemError && error.slug === "key-in-use" && !anyway) await destroyFirst(centre, entry, wrong, again, true);
        else said.replaceChildren(failure(error));
      }
    }, typed.box, said, el("button", { type: "submit", class: "danger" }, t("Détruire pour toujours", "Destroy for ever")))));
  typed.input.focus();
}
