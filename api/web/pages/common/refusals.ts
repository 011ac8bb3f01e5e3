/** What the protocol refuses, in words for people: a mistake of theirs, or something that is not right. */
import type { Refused } from "../../protocol/citizen.ts";
import { language, t } from "./language.ts";

/** French of what somebody can get right by typing again. */
const MISTAKES: Readonly<Record<string, string>> = {
  "this does not open the key, or the key's file was altered": "Cela n’ouvre pas la clé : vérifiez la phrase ou le code.",
  "nobody of that name holds this key": "Personne de ce nom ne détient cette clé.",
  "this key has no recovery kit": "Cette clé n’a pas de kit de secours.",
  "not a JSON document": "Ce fichier n’est pas le document attendu.",
};
const MISTYPED = /^group (\d+) of the recovery code is mistyped$/;
const CODE_LENGTH = /^a recovery code is \d+ groups/;

/** French of what a server, or somebody on the way, must have done. */
const ALARMS: Readonly<Record<string, string>> = {
  "this centre has no key": "ce centre n’a pas encore de clé signée : choisissez-en un autre",
  "the campaign's authority did not sign this": "l’autorité de la campagne n’a pas signé ce qui a été reçu",
  "the key is of another centre or campaign": "la clé reçue est celle d’un autre centre ou d’une autre campagne",
  "the signature is not valid on this day": "la signature reçue n’est pas valable aujourd’hui",
  "the proof does not hold: another key answered": "le service de clés a répondu avec une autre clé",
  "the answer has not as many points as were sent": "le service de clés a répondu autre chose que ce qui était demandé",
  "the protection by the passphrase is too weak: somebody lowered it": "la protection de la clé par la phrase a été affaiblie par quelqu’un",
  "the private key in this file belongs to another public key": "la clé reçue est celle d’un autre",
  "this does not open: another key, another booking, or altered": "chiffré pour une autre clé ou un autre rendez-vous, ou modifié",
  "no key of this page opens it": "aucune clé ouverte ici ne le lit",
};
const OTHER = "ce qui a été reçu n’a pas la forme attendue";

/** The reason alone, for a line of a list. */
export function reasonOf(message: string): string {
  return language === "fr" ? ALARMS[message] ?? OTHER : message;
}

/** A whole sentence; an alarm says that it is one. */
export function refusalText({ message }: Refused): string {
  const group = MISTYPED.exec(message)?.[1];
  if (group !== undefined) return t(`Le groupe ${group} du code est mal tapé.`, `Group ${group} of the code is mistyped.`);
  if (CODE_LENGTH.test(message)) return t("Le code a 13 groupes de 5 signes.", "The code has 13 groups of 5 characters.");
  const mistake = MISTAKES[message];
  if (mistake !== undefined) return t(mistake, `${message.charAt(0).toUpperCase()}${message.slice(1)}.`);
  return t(`Refusé pour votre sécurité : ${reasonOf(message)}. Rien n’a été envoyé.`,
    `Refused for your safety: ${message}. Nothing was sent.`);
}
