/** A new key of the centre: made here, wrapped here; the private part never leaves open. */
import {
  fingerprint, type KeyFile, keyFile, keyFileToJson, keyIdOf, keyOwner, newCode, newSecret,
  printed, publicKeyToJson, publicOf, qrText, toHex, withWrap, wrapByCode, wrapByPassphrase,
} from "../../protocol/staff.ts";
import { campaign } from "../common/campaign.ts";
import { button, el } from "../common/el.ts";
import { allFilled, field, form, setError } from "../common/form.ts";
import { t } from "../common/language.ts";
import { failure } from "../common/failure.ts";
import { notice, show } from "../common/page.ts";
import { qrCode } from "../common/qr.ts";
import { save } from "../common/save.ts";
import { keepFile } from "./keyring.ts";

const LEAST = 12;

/** Ask for a holder and a passphrase, make the key, show the kit to print. */
export function showSetup(centre: string, done: () => Promise<void>): void {
  const holder = field("qui", t("Votre nom ou fonction", "Your name or function"), { maxlength: 60 },
    t("Un par personne qui ouvrira la liste.", "One for each person who will open the list."));
  const phrase = field("phrase", t("Phrase secrète", "Passphrase"), { type: "password", autocomplete: "new-password" },
    t(`Au moins ${LEAST} caractères ; quatre mots au hasard vont bien. Personne ne peut la retrouver.`,
      `At least ${LEAST} characters; four random words do well. Nobody can recover it.`));
  const again = field("encore", t("La même phrase encore", "The same passphrase again"), { type: "password", autocomplete: "new-password" });
  const wrong = el("div", {});
  const submit = el("button", { type: "submit", class: "primary" }, t("Fabriquer la clé", "Make the key"));
  show(t("Fabriquer la clé du centre", "Make the centre's key"),
    el("p", { class: "lead" }, t(
      "La clé est faite sur cet ordinateur. Le serveur n’en garde qu’une copie que seule votre phrase ouvre.",
      "The key is made on this computer. The server only keeps a copy that your passphrase alone opens.")),
    form(async () => {
      if (!allFilled([holder.input, phrase.input, again.input]) || submit.disabled) return;
      if ([...phrase.input.value].length < LEAST) return setError(phrase.input, t(`${LEAST} caractères au moins.`, `${LEAST} characters at least.`));
      if (phrase.input.value !== again.input.value) return setError(again.input, t("Les deux phrases diffèrent.", "The two differ."));
      submit.disabled = true;
      await make(centre, holder.input.value.trim(), phrase.input.value, done)
        .catch((error: unknown) => wrong.replaceChildren(failure(error)));
      submit.disabled = false;
    }, holder.box, phrase.box, again.box, wrong, submit),
    button(t("← Retour", "← Back"), done, { class: "link" }));
}

async function make(centre: string, holder: string, phrase: string, done: () => Promise<void>): Promise<void> {
  const { code } = await campaign();
  const [secret, kit] = [newSecret(), newCode()];
  const owner = keyOwner("centre", code, centre, publicOf("centre", secret));
  const wraps = [await wrapByPassphrase(secret, owner, holder, phrase), await wrapByCode(secret, owner, kit)];
  secret.fill(0);
  const file = keyFile(owner, wraps);
  await keepFile(centre, file, 0);
  showKit(file, kit, done);
}

/** What is printed and put into the safe, and what is brought to the authority. */
function showKit(file: KeyFile, kit: Uint8Array, done: () => Promise<void>): void {
  const name = toHex(keyIdOf(file.owner.public_key));
  const saved = () => save(`cle-publique-${name.slice(0, 8)}.json`, "application/json", publicKeyToJson(file.owner));
  show(t("Kit de secours", "Recovery kit"),
    notice("warning", el("p", {}, t(
      "Imprimez cette feuille maintenant et mettez-la au coffre : elle n’est montrée qu’une fois. Phrase et kit perdus, les identités sont illisibles pour toujours.",
      "Print this sheet now and put it into the safe: it is shown once only. With passphrase and kit lost, identities cannot be read ever again."))),
    el("section", { class: "keep" },
      el("h2", {}, t(`Centre ${file.owner.centre}, campagne ${file.owner.campaign}`, `Centre ${file.owner.centre}, campaign ${file.owner.campaign}`)),
      qrCode(qrText(file.owner, kit), t("Code QR du kit de secours", "QR code of the recovery kit")),
      el("div", {},
        el("p", {}, t("Code de secours", "Recovery code")),
        el("p", { class: "code", id: "code-secours" }, printed(kit)),
        el("p", { class: "quiet" }, t(`Clé ${name}`, `Key ${name}`)))),
    el("h2", {}, t("À l’autorité de la campagne", "To the campaign's authority")),
    el("p", {}, t("Apportez-lui le document public et lisez-lui ces quatre mots :", "Bring the public document and read out these four words:"),
      " ", el("strong", { id: "empreinte" }, fingerprint(file.owner))),
    el("div", { class: "actions no-print" },
      button(t("Imprimer le kit", "Print the kit"), () => print(), { class: "primary" }),
      button(t("Document public", "Public document"), saved),
      button(t("Continuer", "Continue"), () => {
        kit.fill(0);
        return done();
      })));
}

/** One holder more of an open key, or a new passphrase for one. */
export async function addHolder(
  centre: string, file: KeyFile, secret: Uint8Array, version: number, holder: string, phrase: string,
): Promise<number> {
  const wrap = await wrapByPassphrase(secret, file.owner, holder, phrase);
  return keepFile(centre, withWrap(file, wrap), version);
}

/** Whole key file, for a copy of one's own. */
export function saveFile(file: KeyFile): void {
  save("cle-enveloppee.json", "application/json", keyFileToJson(file));
}
