/** A private key that may lie anywhere, because only its holder's passphrase opens it. */
import { argon2id } from "hash-wasm";

import {
  type Bytes, equal, frame, fromBase64url, type Members, plainText, textOf, toBase64url, utf8,
} from "./encoding.ts";
import { type KeyOwner, ownerFields, publicOf, randomBytes, SECRET_BYTES } from "./keys.ts";
import { Refused } from "./refusal.ts";

/** What one try of a passphrase costs by Argon2id. */
export interface Cost {
  readonly memory_kib: number;
  readonly passes: number;
  readonly lanes: number;
}

export interface Wrap {
  readonly method: "passphrase" | "code";
  readonly holder: string;
  /** Of a try of the passphrase; null for a code, which nobody can try out. */
  readonly cost: Cost | null;
  readonly salt: Bytes;
  readonly nonce: Bytes;
  readonly wrapped: Bytes;
}

export const DEFAULT_COST: Cost = { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
export const SALT_BYTES = 16;
export const KEK_BYTES = 32;
const NONCE_BYTES = 12;
const WRAPPED_BYTES = SECRET_BYTES + 16;
const LEAST_PASSPHRASE_CHARACTERS = 12;
const MOST_HOLDER_CHARACTERS = 60;
const COSTS = ["memory_kib", "passes", "lanes"];
const PARTS = ["salt", "nonce", "wrapped"];

/** Refuse a cost below the floor, before anything is derived, and one no browser can pay. */
export function checkCost(cost: Cost): Cost {
  const { memory_kib, passes, lanes } = cost;
  if (![memory_kib, passes, lanes].every(Number.isSafeInteger)) {
    throw new Refused("the cost of a passphrase is whole numbers");
  }
  if (memory_kib < 19 * 1024 || passes < 2 || lanes < 1) {
    throw new Refused("the protection by the passphrase is too weak: somebody lowered it");
  }
  if (memory_kib > 1024 * 1024 || passes > 16 || lanes > 4) {
    throw new Refused("the protection by the passphrase asks for more than a browser has");
  }
  return cost;
}

/** Wrap a private key for a holder. */
export async function wrapByPassphrase(
  secret: Uint8Array,
  owner: KeyOwner,
  holder: string,
  passphrase: string,
  cost: Cost = DEFAULT_COST,
): Promise<Wrap> {
  checkCost(cost);
  if ([...passphrase].length < LEAST_PASSPHRASE_CHARACTERS) {
    throw new Refused(`a passphrase has at least ${LEAST_PASSPHRASE_CHARACTERS} characters`);
  }
  const salt = randomBytes(SALT_BYTES);
  return lock(secret, owner, holder, cost, salt, await kekOf(passphrase, salt, cost));
}

/** Private key of a wrap; refused when it is another's passphrase, or the wrap was altered. */
export async function unwrapByPassphrase(
  wrap: Wrap,
  owner: KeyOwner,
  passphrase: string,
): Promise<Bytes> {
  if (wrap.cost === null) {
    throw new Refused("this wrap opens by the recovery code, not by a passphrase");
  }
  checkCost(wrap.cost);
  return unlock(wrap, owner, await kekOf(passphrase, wrap.salt, wrap.cost));
}

/** Wrap with a key that was derived from the salt. */
export async function lock(
  secret: Uint8Array,
  owner: KeyOwner,
  holder: string,
  cost: Cost | null,
  salt: Bytes,
  kek: Bytes,
): Promise<Wrap> {
  plainText("the holder of a wrap", holder, MOST_HOLDER_CHARACTERS);
  const iv = randomBytes(NONCE_BYTES);
  const key = await crypto.subtle.importKey("raw", kek, "AES-GCM", false, ["encrypt"]);
  const parameters = { name: "AES-GCM", iv, additionalData: boundTo(owner, holder, cost, salt) };
  const wrapped = await crypto.subtle.encrypt(parameters, key, new Uint8Array(secret));
  const method = cost === null ? "code" : "passphrase";
  return { method, holder, cost, salt, nonce: iv, wrapped: new Uint8Array(wrapped) };
}

/** Unwrap with a key that was derived from the wrap's salt, and see that it is the owner's. */
export async function unlock(wrap: Wrap, owner: KeyOwner, kek: Bytes): Promise<Bytes> {
  const additionalData = boundTo(owner, wrap.holder, wrap.cost, wrap.salt);
  const key = await crypto.subtle.importKey("raw", kek, "AES-GCM", false, ["decrypt"]);
  const parameters = { name: "AES-GCM", iv: wrap.nonce, additionalData };
  const secret = await crypto.subtle.decrypt(parameters, key, wrap.wrapped).then(
    (plain) => new Uint8Array(plain),
    () => {
      throw new Refused("this does not open the key, or the key's file was altered");
    },
  );
  if (!equal(publicOf(owner.role, secret), owner.public_key)) {
    throw new Refused("the private key in this file belongs to another public key");
  }
  return secret;
}

/** Members of a wrap's JSON form. */
export function wrapMembers(wrap: Wrap): Members {
  const { method, holder, cost, salt, nonce, wrapped } = wrap;
  return {
    method, holder, ...(cost ?? {}),
    salt: toBase64url(salt), nonce: toBase64url(nonce), wrapped: toBase64url(wrapped),
  };
}

/** Read a wrap's JSON form. */
export function wrapFromMembers(members: Members): Wrap {
  const method = members["method"] === "passphrase" ? "passphrase" : "code";
  const expected = ["method", "holder", ...(method === "passphrase" ? COSTS : []), ...PARTS];
  if (Object.keys(members).sort().join() !== expected.sort().join()) {
    throw new Refused("a wrap has other members");
  }
  if (members["method"] !== method) throw new Refused("a wrap is by passphrase or by code");
  const { memory_kib, passes, lanes } = members;
  const cost = method === "code" ? null : checkCost({ memory_kib, passes, lanes } as Cost);
  const holder = plainText("the holder of a wrap", members["holder"], MOST_HOLDER_CHARACTERS);
  return {
    method, holder, cost,
    salt: fromBase64url(textOf(members, "salt"), SALT_BYTES),
    nonce: fromBase64url(textOf(members, "nonce"), NONCE_BYTES),
    wrapped: fromBase64url(textOf(members, "wrapped"), WRAPPED_BYTES),
  };
}

async function kekOf(passphrase: string, salt: Bytes, cost: Cost): Promise<Bytes> {
  const derived = await argon2id({
    password: utf8(passphrase.normalize("NFKC")),
    salt,
    iterations: cost.passes,
    memorySize: cost.memory_kib,
    parallelism: cost.lanes,
    hashLength: KEK_BYTES,
    outputType: "binary",
  });
  return new Uint8Array(derived);
}

function boundTo(owner: KeyOwner, holder: string, cost: Cost | null, salt: Bytes): Bytes {
  const method =
    cost === null ? "code" : `argon2id,${cost.memory_kib},${cost.passes},${cost.lanes}`;
  return frame("creneau/key-wrap/v1", ...ownerFields(owner), holder, method, salt);
}
