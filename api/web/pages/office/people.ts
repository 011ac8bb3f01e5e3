/** The day's doses, opened: who comes stays in this page and is gone when it locks. */
import {
  fromBase64url, type Identity, openSealed, personOf, personTags, Refused, toBase64url,
} from "../../protocol/staff.ts";
import { campaign, services } from "../common/campaign.ts";
import type { OpenKey } from "./keyring.ts";
import { asStaff, at } from "./session.ts";

export interface DayDose {
  readonly booking: string;
  readonly dose_rank: number;
  readonly starts_at: string;
  readonly product: string;
  readonly state: string;
  readonly flagged: boolean;
  readonly to_seal_again: boolean;
  readonly tag: string | null;
  readonly key_id: string | null;
  readonly sealed: string | null;
}

/** A dose, and who it is for; null with the reason why it does not open. */
export interface Expected {
  readonly dose: DayDose;
  readonly who: Identity | null;
  readonly why: string;
  /** Whether the tag fits the identity: null until the key service was asked. */
  fits: boolean | null;
}

const BATCH = 128;

export async function day(centre: string, on: string, keys: readonly OpenKey[]): Promise<Expected[]> {
  const { doses } = await asStaff<{ doses: DayDose[] }>("GET", `${at(centre)}/days/${on}`);
  return Promise.all(doses.map((dose) => open(centre, dose, keys)));
}

async function open(centre: string, dose: DayDose, keys: readonly OpenKey[]): Promise<Expected> {
  try {
    return { dose, who: await identityOf(centre, dose, keys), why: "", fits: null };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { dose, who: null, why: error.message, fits: null };
  }
}

/** Open one sealed identity: for this centre, this booking and this tag, or not at all. */
export async function identityOf(
  centre: string, dose: Pick<DayDose, "booking" | "key_id" | "sealed" | "tag">, keys: readonly OpenKey[],
): Promise<Identity> {
  const key = keys.find((one) => one.name === dose.key_id);
  if (key === undefined || dose.sealed === null || dose.tag === null) {
    throw new Refused("no key of this page opens it");
  }
  const { code } = await campaign();
  return openSealed(fromBase64url(dose.sealed), key.secret, {
    campaign: code, centre, keyId: key.id, booking: dose.booking, tag: fromBase64url(dose.tag),
  });
}

/** Ask for everybody's tag again, in batches, and note which does not fit. */
export async function checkTags(people: readonly Expected[], keys: readonly OpenKey[]): Promise<void> {
  const of = await campaign();
  const grant = keys.find((key) => key.grant !== "")?.grant;
  const known = people.filter((one) => one.who !== null);
  for (let first = 0; first < known.length; first += BATCH) {
    const some = known.slice(first, first + BATCH);
    const persons = some.flatMap((one) => (one.who === null ? [] : [personOf(one.who)]));
    const tags = await personTags(persons, of.code, services(of, grant));
    some.forEach((one, i) => {
      const tag = tags[i];
      one.fits = tag !== undefined && toBase64url(tag) === one.dose.tag;
    });
  }
}

/** Whether somebody of the same identifier is on the list twice for a dose. */
export function twice(one: Expected, people: readonly Expected[]): boolean {
  return one.who !== null && people.some((other) => other !== one && other.who !== null &&
    other.dose.dose_rank === one.dose.dose_rank && same(one.who, other.who));
}

function same(one: Identity | null, other: Identity | null): boolean {
  if (one === null || other === null) return false;
  return one.kind === "person"
    ? JSON.stringify(personOf(one)) === JSON.stringify(personOf(other))
    : one.number === other.number;
}
