/** What a citizen tells the centre and nobody else: one form, one size. */
import {
  type Bytes, concat, dayOf, equal, fromJson, isObject, plainText, textOf, toJson, uint16,
} from "./encoding.ts";
import { civilIdentity, KINDS, type Kind, matricule, type Person } from "./person.ts";
import { Refused } from "./refusal.ts";

/** Fields as the form has them; those that may be left out are empty texts or missing. */
export interface IdentityFields {
  readonly family_name: string;
  readonly given_name: string;
  readonly birth_date: string;
  readonly kind: Kind;
  readonly number?: string;
  readonly birth_place?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly health?: Readonly<Record<string, string>>;
}

/** Fields in their canonical form, none missing. */
export type Identity = Required<IdentityFields>;

const VERSION = 1;
export const PADDED_BYTES = 1024;
const LENGTH_BYTES = 2;
const MOST_BYTES = PADDED_BYTES - LENGTH_BYTES;
const LIMITS = {
  family_name: 80, given_name: 80, birth_place: 80, number: 30, phone: 20, email: 254,
} as const;
const FIRST_YEAR = "1900";
const LAST_YEAR = "2099";
const MOST_ANSWERS = 8;
const MOST_ANSWER_CHARACTERS = 120;
const ANSWER_CODE = /^[a-z][a-z0-9_]{0,31}$/;
const NEEDED = ["family_name", "given_name", "birth_date", "kind"] as const;
const OPTIONAL = ["birth_place", "number", "phone", "email"] as const;

/** Check fields and bring them into their canonical form. */
export function identity(fields: IdentityFields): Identity {
  const clean = (name: keyof typeof LIMITS) => cleaned(name, fields[name] ?? "", LIMITS[name]);
  const made = {
    family_name: clean("family_name"),
    given_name: clean("given_name"),
    birth_date: dayOf(fields.birth_date),
    kind: fields.kind,
    birth_place: clean("birth_place"),
    number: clean("number"),
    phone: clean("phone"),
    email: clean("email"),
    health: answers(fields.health ?? {}),
  };
  if (!made.family_name || !made.given_name) throw new Refused("both names are needed");
  const year = made.birth_date.slice(0, 4);
  if (year < FIRST_YEAR || year > LAST_YEAR) {
    throw new Refused("the birth date is not between 1900 and 2099");
  }
  settlePerson(made);
  if (identityToBytes(made).length > MOST_BYTES) {
    throw new Refused(`the identity is longer than ${MOST_BYTES} bytes: shorten the answers`);
  }
  return Object.freeze(made);
}

/** Whom the person tag is made of. */
export function personOf(of: Identity): Person {
  if (of.kind === "person") {
    return civilIdentity(of.family_name, of.given_name, of.birth_date, of.birth_place);
  }
  return matricule(of.kind, of.number);
}

/** Canonical form: JSON without blanks, members in one order, empty ones left out. */
export function identityToBytes(of: Identity): Bytes {
  const members: Record<string, unknown> = { v: VERSION };
  for (const name of NEEDED) members[name] = of[name];
  for (const name of OPTIONAL) if (of[name]) members[name] = of[name];
  if (Object.keys(of.health).length > 0) members["health"] = of.health;
  return toJson(members);
}

/** Read the canonical form, and no other. */
export function identityFromBytes(data: Uint8Array): Identity {
  const members = fromJson(data, ["v", ...NEEDED], [...OPTIONAL, "health"]);
  const { v, health = {}, ...texts } = members;
  if (v !== VERSION || !isObject(health)) {
    throw new Refused("the identity has another form than this version's");
  }
  for (const name of Object.keys(texts)) textOf(texts, name);
  const read = identity({ ...texts, health } as unknown as IdentityFields);
  if (!equal(identityToBytes(read), data)) {
    throw new Refused("the identity is not in its canonical form");
  }
  return read;
}

/** Canonical form behind its length, filled with zeros to 1,024 bytes. */
export function pad(of: Identity): Bytes {
  const data = identityToBytes(of);
  const padded = new Uint8Array(PADDED_BYTES);
  padded.set(concat(uint16(data.length), data));
  return padded;
}

/** Read what `pad` gave, and nothing else. */
export function unpad(padded: Uint8Array): Identity {
  const length = ((padded[0] ?? 0) << 8) | (padded[1] ?? 0);
  const end = LENGTH_BYTES + length;
  const filling = padded.subarray(end);
  if (padded.length !== PADDED_BYTES || length > MOST_BYTES || filling.some((byte) => byte)) {
    throw new Refused("the padding of the identity is not as it should be");
  }
  return identityFromBytes(padded.slice(LENGTH_BYTES, end));
}

function settlePerson(made: { -readonly [K in keyof Identity]: Identity[K] }): void {
  if (!KINDS.includes(made.kind)) {
    throw new Refused("the kind of identifier is nir, ins or person");
  }
  if (made.kind === "person" && (made.number || !made.birth_place)) {
    throw new Refused("an identity without a number needs the birth place");
  }
  const person = personOf(made);
  if (person.kind !== "person") made.number = person.number;
}

function cleaned(name: string, value: unknown, most: number): string {
  const text = plainText(name, value, 4 * most, 0).normalize("NFC").replace(/^ +| +$/g, "");
  return plainText(name, text, most, 0);
}

function answers(health: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const codes = Object.keys(health).sort();
  if (codes.length > MOST_ANSWERS) throw new Refused(`more than ${MOST_ANSWERS} health answers`);
  if (!codes.every((code) => ANSWER_CODE.test(code))) {
    throw new Refused("the code of a health question is small letters, digits and underscores");
  }
  return Object.freeze(
    Object.fromEntries(
      codes.map((code) => [
        code, cleaned("a health answer", health[code], MOST_ANSWER_CHARACTERS),
      ]),
    ),
  );
}
