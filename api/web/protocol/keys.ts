/** Keys and their names: a centre's to seal to (X25519), an authority's to sign (Ed25519). */
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { type Bytes, frame, plainText } from "./encoding.ts";
import { Refused } from "./refusal.ts";

export type Role = "centre" | "authority";

/** Whose key it is; everything that is made for a key is bound to this. */
export interface KeyOwner {
  readonly role: Role;
  readonly campaign: string;
  /** Code of the centre; empty for an authority. */
  readonly centre: string;
  readonly public_key: Bytes;
}

export const SECRET_BYTES = 32;
export const PUBLIC_BYTES = 32;
export const KEY_ID_BYTES = 16;
const MOST_CODE_CHARACTERS = 64;
const CONSONANTS = "bdfghjklmnprstvz";
const VOWELS = "aiou";
const WORDS = 4;

export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** 32 random bytes: a private key of either kind. */
export function newSecret(): Bytes {
  return randomBytes(SECRET_BYTES);
}

export function publicOf(role: Role, secret: Uint8Array): Bytes {
  if (secret.length !== SECRET_BYTES) throw new Refused("a private key is 32 bytes");
  return (role === "centre" ? x25519 : ed25519).getPublicKey(secret).slice();
}

/** Check who owns a key. */
export function keyOwner(
  role: Role,
  campaign: string,
  centre: string,
  publicKey: Bytes,
): KeyOwner {
  if (role !== "centre" && role !== "authority") {
    throw new Refused("a key is a centre's or an authority's");
  }
  if ((centre !== "") !== (role === "centre")) {
    throw new Refused("a centre's key names its centre, an authority's names none");
  }
  checkCode("campaign", campaign);
  if (centre !== "") checkCode("centre", centre);
  keyIdOf(publicKey);
  return Object.freeze({ role, campaign, centre, public_key: publicKey });
}

/** Name of a public key: the first 16 bytes of its SHA-256. */
export function keyIdOf(publicKey: Uint8Array): Bytes {
  if (publicKey.length !== PUBLIC_BYTES) throw new Refused("a public key is 32 bytes");
  return sha256(publicKey).slice(0, KEY_ID_BYTES);
}

/** What others are bound to, in this order. */
export function ownerFields(owner: KeyOwner): (string | Uint8Array)[] {
  return [owner.role, owner.campaign, owner.centre, owner.public_key];
}

/** Four words to compare by eye or by telephone: 64 bits of the key and its owner. */
export function fingerprint(owner: KeyOwner): string {
  const digest = sha256(frame("creneau/fingerprint/v1", ...ownerFields(owner)));
  return Array.from({ length: WORDS }, (_, i) =>
    word(((digest[2 * i] ?? 0) << 8) | (digest[2 * i + 1] ?? 0)),
  ).join(" ");
}

/** A code of the campaign: 1 to 64 characters, no blanks at its ends. */
export function checkCode(what: string, code: string): string {
  if (/^ | $/.test(code)) throw new Refused(`the code of a ${what} has no blanks at its ends`);
  return plainText(`the code of a ${what}`, code, MOST_CODE_CHARACTERS);
}

function word(number: number): string {
  return (
    CONSONANTS.charAt(number >> 12) +
    VOWELS.charAt((number >> 10) & 3) +
    CONSONANTS.charAt((number >> 6) & 15) +
    VOWELS.charAt((number >> 4) & 3) +
    CONSONANTS.charAt(number & 15)
  );
}
