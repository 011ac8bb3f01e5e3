/** The file of a private key: wrapped for each of its holders, it may lie on any server. */
import { membersOf, OWNER, ownerMembers, ownerOf } from "./documents.ts";
import { type Bytes, isObject, toJson } from "./encoding.ts";
import type { KeyOwner } from "./keys.ts";
import { Refused } from "./refusal.ts";
import { type Wrap, wrapFromMembers, wrapMembers } from "./wrapping.ts";

export interface KeyFile {
  readonly owner: KeyOwner;
  readonly wraps: readonly Wrap[];
}

const FORM = "creneau-key/1";
const MOST_WRAPS = 50;

export function keyFile(owner: KeyOwner, wraps: readonly Wrap[]): KeyFile {
  const names = new Set(wraps.map((wrap) => JSON.stringify([wrap.method, wrap.holder])));
  if (wraps.length < 1 || wraps.length > MOST_WRAPS || names.size < wraps.length) {
    throw new Refused(`a key has 1 to ${MOST_WRAPS} wraps, one a holder`);
  }
  return Object.freeze({ owner, wraps });
}

/** Give a key a holder, or a holder's new wrap. */
export function withWrap(file: KeyFile, wrap: Wrap): KeyFile {
  const others = file.wraps.filter(
    (one) => one.method !== wrap.method || one.holder !== wrap.holder,
  );
  return keyFile(file.owner, [...others, wrap]);
}

/** Wrap by passphrase of a holder. */
export function wrapOf(file: KeyFile, holder: string): Wrap {
  const found = file.wraps.find((one) => one.method === "passphrase" && one.holder === holder);
  if (found === undefined) throw new Refused("nobody of that name holds this key");
  return found;
}

/** Wrap of the recovery kit. */
export function recoveryWrap(file: KeyFile): Wrap {
  const found = file.wraps.find((one) => one.method === "code");
  if (found === undefined) throw new Refused("this key has no recovery kit");
  return found;
}

export function keyFileToJson(file: KeyFile): Bytes {
  return toJson({
    format: FORM, ...ownerMembers(file.owner), wraps: file.wraps.map(wrapMembers),
  });
}

export function keyFileFromJson(data: Uint8Array): KeyFile {
  const members = membersOf(data, FORM, [...OWNER, "wraps"]);
  const { wraps } = members;
  if (!Array.isArray(wraps) || !wraps.every(isObject)) {
    throw new Refused("wraps is not a list of wraps");
  }
  return keyFile(ownerOf(members), wraps.map(wrapFromMembers));
}
