/** What the campaign's authority vouches for: keys of centres, and the campaign itself. */
import { ed25519 } from "@noble/curves/ed25519.js";

import { type Bytes, frame } from "./encoding.ts";
import { checkCode, type KeyOwner, ownerFields } from "./keys.ts";
import { KINDS, type Kind } from "./person.ts";
import { Refused } from "./refusal.ts";

/** First and last day, both included, on which something may be used. */
export interface Validity {
  readonly first_day: string;
  readonly last_day: string;
}

export interface CentreKey {
  readonly owner: KeyOwner;
  readonly validity: Validity;
}

export interface ServiceAddress {
  readonly url: string;
  readonly public_key: Bytes;
}

/** What every client of a campaign must agree on. */
export interface Campaign {
  readonly code: string;
  readonly kind: Kind;
  /** Key services, in the order they are asked; two by two operators. */
  readonly services: readonly ServiceAddress[];
  readonly validity: Validity;
}

export const SIGNATURE_BYTES = 64;
const MOST_SERVICES = 2;
const MOST_URL_CHARACTERS = 200;
const URL_FORM =
  /^(https:\/\/[\w.-]+|http:\/\/(127\.0\.0\.1|localhost))(:\d{1,5})?(\/[\w.-]+)*$/;

export function centreKey(owner: KeyOwner, validity: Validity): CentreKey {
  checkValidity(validity);
  if (owner.role !== "centre") throw new Refused("only the key of a centre is sealed to");
  return Object.freeze({ owner, validity });
}

export function serviceAddress(url: string, publicKey: Bytes): ServiceAddress {
  if (url.length > MOST_URL_CHARACTERS || !URL_FORM.test(url)) {
    throw new Refused(
      "a key service is reached by https, or on this machine; its address has no slash at its end",
    );
  }
  return Object.freeze({ url, public_key: publicKey });
}

export function campaign(
  code: string,
  kind: Kind,
  services: readonly ServiceAddress[],
  validity: Validity,
): Campaign {
  checkCode("campaign", code);
  checkValidity(validity);
  if (!KINDS.includes(kind)) throw new Refused("the kind of identifier is nir, ins or person");
  if (services.length < 1 || services.length > MOST_SERVICES) {
    throw new Refused(`a campaign has 1 to ${MOST_SERVICES} key services`);
  }
  return Object.freeze({ code, kind, services, validity });
}

/** Public key to seal to for this centre, on this day. */
export function verifiedCentreKey(
  key: CentreKey,
  signature: Uint8Array,
  authorityPublic: Uint8Array,
  expected: { campaign: string; centre: string; on: string },
): Bytes {
  const statement = frame(
    "creneau/centre-key/v1", ...ownerFields(key.owner), ...days(key.validity),
  );
  checkSignature(statement, signature, authorityPublic);
  const { owner, validity } = key;
  if (owner.campaign !== expected.campaign || owner.centre !== expected.centre) {
    throw new Refused("the key is of another centre or campaign");
  }
  checkDay(validity, expected.on);
  return owner.public_key;
}

/** A campaign, if the authority signed it, it is the one meant, and valid on this day. */
export function verifiedCampaign(
  of: Campaign,
  signature: Uint8Array,
  authorityPublic: Uint8Array,
  expected: { code: string; on: string },
): Campaign {
  const services = of.services.flatMap((service) => [service.url, service.public_key]);
  const statement = frame(
    "creneau/campaign/v1", of.code, of.kind, ...days(of.validity), ...services,
  );
  checkSignature(statement, signature, authorityPublic);
  if (of.code !== expected.code) throw new Refused("this is another campaign");
  checkDay(of.validity, expected.on);
  return of;
}

/** Refuse a statement that the authority did not sign. */
export function checkSignature(
  statement: Uint8Array,
  signature: Uint8Array,
  authorityPublic: Uint8Array,
): void {
  let holds = false;
  try {
    holds = ed25519.verify(signature, statement, authorityPublic, { zip215: false });
  } catch {
    // a signature or key that is none does not hold either
  }
  if (!holds) throw new Refused("the campaign's authority did not sign this");
}

function days(validity: Validity): [string, string] {
  return [validity.first_day, validity.last_day];
}

function checkValidity(validity: Validity): void {
  if (validity.last_day < validity.first_day) {
    throw new Refused("the last day of validity is before the first");
  }
}

function checkDay(validity: Validity, day: string): void {
  if (day < validity.first_day || day > validity.last_day) {
    throw new Refused("the signature is not valid on this day");
  }
}
