/** Who somebody is, written in one way only, so that the same person gives the same bytes. */
import { type Bytes, dayOf, frame, utf8 } from "./encoding.ts";
import { Refused } from "./refusal.ts";

export const KINDS = ["nir", "ins", "person"] as const;
export type Kind = (typeof KINDS)[number];

/** A French social security number, or a health identity number, of 15 characters. */
export interface Matricule {
  readonly kind: "nir" | "ins";
  readonly number: string;
}

/** Who has no number: as on the identity document, in Latin letters. */
export interface CivilIdentity {
  readonly kind: "person";
  readonly familyName: string;
  readonly givenName: string;
  readonly birthDate: string;
  readonly birthPlace: string;
}

export type Person = Matricule | CivilIdentity;

const LABEL = "creneau/person/v1";
const SEXES = { nir: "12", ins: "123478" } as const;
const BLANKS = /[ \t\n\r\f\v.-]+/g;
const MATRICULE = /^(\d{5})(\d\d|2[AB])(\d{6})(\d\d)$/;
const CORSICA: Readonly<Record<string, string>> = { "2A": "19", "2B": "18" };
const MARKS = /[\u0300-\u036f]/g;
const SEPARATORS = /[ '\u2018\u2019\u02bc\u2032`\u2010-\u2015\-.,/]+/g;
/** Letters of Europe that Unicode does not take apart by itself. */
const LATIN: Readonly<Record<string, string>> = {
  Œ: "OE", Æ: "AE", Ø: "O", Đ: "D", Ð: "D", Ł: "L", Ħ: "H", Ŋ: "N", Þ: "TH", Ŧ: "T", ẞ: "SS",
};

/** A number as somebody typed it: blanks, dots, hyphens and small letters are forgiven. */
export function matricule(kind: "nir" | "ins", typed: string): Matricule {
  utf8(typed);
  const number = typed.normalize("NFKC").replace(BLANKS, "").toUpperCase();
  const found = MATRICULE.exec(number);
  if (found === null || !SEXES[kind].includes(number.charAt(0))) {
    throw new Refused(`the ${kind} has not the form of one: 15 characters, 2A and 2B for Corsica`);
  }
  const [, start = "", department = "", rest = "", check = ""] = found;
  const digits = Number(start + (CORSICA[department] ?? department) + rest);
  if (Number(check) !== 97 - (digits % 97)) {
    throw new Refused(`the check digits of the ${kind} do not fit: a digit is wrong`);
  }
  return Object.freeze({ kind, number });
}

export function civilIdentity(
  familyName: string,
  givenName: string,
  birthDate: string,
  birthPlace: string,
): CivilIdentity {
  const person = { kind: "person", familyName, givenName, birthDate, birthPlace } as const;
  personMessage(person, "");
  return Object.freeze(person);
}

/** Bytes the tag of a person in a campaign is made of. */
export function personMessage(person: Person, campaign: string): Bytes {
  if (person.kind !== "person") return frame(LABEL, campaign, "matricule", person.number);
  return frame(
    LABEL, campaign, "person", folded(person.familyName), folded(person.givenName),
    dayOf(person.birthDate), folded(person.birthPlace, true),
  );
}

/** A name in the letters A to Z alone: no accents, no case, no hyphens, no blanks. */
export function folded(name: string, digits = false): string {
  utf8(name);
  const bare = name.normalize("NFKD").replace(MARKS, "").toUpperCase();
  const latin = [...bare].map((character) => LATIN[character] ?? character).join("");
  const letters = latin.replace(SEPARATORS, "");
  if (!(digits ? /^[A-Z0-9]+$/ : /^[A-Z]+$/).test(letters)) {
    throw new Refused("a name has other than Latin letters: write it as on the identity document");
  }
  return letters;
}
