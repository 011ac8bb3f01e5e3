/** Public documents in which keys travel: one JSON form each, read strictly. */
import {
  campaign as campaignOf, type Campaign, centreKey, type CentreKey, serviceAddress,
  type ServiceAddress, SIGNATURE_BYTES, type Validity,
} from "./authority.ts";
import {
  type Bytes, dayOf, fromBase64url, fromJson, isObject, jsonObject, type Members, textOf,
  toBase64url, toJson,
} from "./encoding.ts";
import { type KeyOwner, keyOwner, PUBLIC_BYTES, type Role } from "./keys.ts";
import type { Kind } from "./person.ts";
import { Refused } from "./refusal.ts";

/** A centre's key as citizens get it, and the centre's sealed grant beside it. */
export interface SignedKey {
  readonly key: CentreKey;
  readonly signature: Bytes;
  readonly grant: Bytes;
}

export interface SignedCampaign {
  readonly campaign: Campaign;
  readonly signature: Bytes;
}

export const OWNER = ["role", "campaign", "centre", "public_key"];
const VALIDITY = ["first_day", "last_day"];

/** Read a document `creneau-signed-key/1`; whether it is signed is another question. */
export function signedKeyFromJson(data: Uint8Array): SignedKey {
  const form = "creneau-signed-key/1";
  const members = membersOf(data, form, [...OWNER, ...VALIDITY, "signature", "grant"]);
  return {
    key: centreKey(ownerOf(members), validityOf(members)),
    signature: fromBase64url(textOf(members, "signature"), SIGNATURE_BYTES),
    grant: fromBase64url(textOf(members, "grant")),
  };
}

/** Read a document `creneau-signed-campaign/1`; whether it is signed is another question. */
export function signedCampaignFromJson(data: Uint8Array): SignedCampaign {
  const keys = ["campaign", "kind", "services", ...VALIDITY, "signature"];
  const members = membersOf(data, "creneau-signed-campaign/1", keys);
  const { services } = members;
  if (!Array.isArray(services) || !services.every(isObject)) {
    throw new Refused("services is not a list of key services");
  }
  return {
    campaign: campaignOf(
      textOf(members, "campaign"), textOf(members, "kind") as Kind, services.map(serviceOf),
      validityOf(members),
    ),
    signature: fromBase64url(textOf(members, "signature"), SIGNATURE_BYTES),
  };
}

/** Document `creneau-public-key/1`: what is brought to the authority. */
export function publicKeyToJson(owner: KeyOwner): Bytes {
  return toJson({ format: "creneau-public-key/1", ...ownerMembers(owner) });
}

/** Members of a document of this form, and of no other. */
export function membersOf(data: Uint8Array, form: string, keys: readonly string[]): Members {
  if (jsonObject(data)["format"] !== form) throw new Refused(`not a document ${form}`);
  return fromJson(data, ["format", ...keys]);
}

/** Members that say whose key it is. */
export function ownerMembers(owner: KeyOwner): Members {
  const { role, campaign, centre, public_key } = owner;
  return { role, campaign, centre, public_key: toBase64url(public_key) };
}

/** Read whose key it is. */
export function ownerOf(members: Members): KeyOwner {
  return keyOwner(
    textOf(members, "role") as Role, textOf(members, "campaign"), textOf(members, "centre"),
    fromBase64url(textOf(members, "public_key"), PUBLIC_BYTES),
  );
}

function validityOf(members: Members): Validity {
  return {
    first_day: dayOf(textOf(members, "first_day")),
    last_day: dayOf(textOf(members, "last_day")),
  };
}

function serviceOf(members: Members): ServiceAddress {
  if (Object.keys(members).sort().join() !== "public_key,url") {
    throw new Refused("a key service has an url and a public_key");
  }
  return serviceAddress(
    textOf(members, "url"), fromBase64url(textOf(members, "public_key"), PUBLIC_BYTES),
  );
}
