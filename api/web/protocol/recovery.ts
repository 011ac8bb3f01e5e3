/** The recovery kit: a code on paper in a safe, which opens the key when all else is lost. */
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { type Bytes, toHex, utf8 } from "./encoding.ts";
import { keyIdOf, type KeyOwner, randomBytes } from "./keys.ts";
import { Refused } from "./refusal.ts";
import { KEK_BYTES, lock, SALT_BYTES, unlock, type Wrap } from "./wrapping.ts";

const CODE_BYTES = 32;
const HOLDER = "recovery kit";
const GROUPS = 13;
const DATA_CHARACTERS = 4;
const BITS = 5;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LOOKALIKES: Readonly<Record<string, string>> = { O: "0", I: "1", L: "1" };
const FIELD_POLYNOMIAL = 0b100101;
const SPARE_BITS = BigInt(GROUPS * DATA_CHARACTERS * BITS - 8 * CODE_BYTES);

export function newCode(): Bytes {
  return randomBytes(CODE_BYTES);
}

/** Write a code as 13 groups of five characters, blanks between them. */
export function printed(code: Uint8Array): string {
  if (code.length !== CODE_BYTES) throw new Refused("a recovery code is 32 bytes");
  const number = BigInt(`0x${toHex(code)}`) << SPARE_BITS;
  return Array.from({ length: GROUPS }, (_, i) => {
    const group = Array.from({ length: DATA_CHARACTERS }, (_, j) => {
      const after = GROUPS * DATA_CHARACTERS - 1 - (i * DATA_CHARACTERS + j);
      return Number((number >> BigInt(BITS * after)) & 31n);
    });
    return [...group, check(i + 1, group)].map((value) => ALPHABET.charAt(value)).join("");
  }).join(" ");
}

/** Read a code as somebody typed it, or as the QR code gives it; a mistyped group is named. */
export function typed(text: string): Bytes {
  const lastPart = text.slice(text.lastIndexOf(":") + 1);
  const characters = [...lastPart.replace(/[\s.-]+/g, "").toUpperCase()];
  const values = characters.map((c) => ALPHABET.indexOf(LOOKALIKES[c] ?? c));
  if (values.length !== GROUPS * (DATA_CHARACTERS + 1)) {
    throw new Refused(`a recovery code is ${GROUPS} groups of ${DATA_CHARACTERS + 1} characters`);
  }
  let number = 0n;
  for (let place = 1; place <= GROUPS; place += 1) {
    const start = (place - 1) * (DATA_CHARACTERS + 1);
    const group = values.slice(start, start + DATA_CHARACTERS);
    if (Math.min(...group) < 0 || values[start + DATA_CHARACTERS] !== check(place, group)) {
      throw new Refused(`group ${place} of the recovery code is mistyped`);
    }
    for (const value of group) number = (number << BigInt(BITS)) | BigInt(value);
  }
  if (number & ((1n << SPARE_BITS) - 1n)) {
    throw new Refused(`group ${GROUPS} of the recovery code is mistyped`);
  }
  const digits = (number >> SPARE_BITS).toString(16).padStart(2 * CODE_BYTES, "0");
  return Uint8Array.from({ length: CODE_BYTES }, (_, i) =>
    parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}

/** Text of the kit's QR code: whose key, then the code. */
export function qrText(owner: KeyOwner, code: Uint8Array): string {
  const id = toHex(keyIdOf(owner.public_key));
  return ["CRENEAU-RECOVERY-1", id, printed(code).replaceAll(" ", "-")].join(":");
}

/** Wrap a private key for the kit. */
export async function wrapByCode(
  secret: Uint8Array,
  owner: KeyOwner,
  code: Uint8Array,
): Promise<Wrap> {
  const salt = randomBytes(SALT_BYTES);
  return lock(secret, owner, HOLDER, null, salt, kekOf(code, salt));
}

/** Private key of the kit's wrap. */
export async function unwrapByCode(
  wrap: Wrap,
  owner: KeyOwner,
  code: Uint8Array,
): Promise<Bytes> {
  if (wrap.method !== "code") {
    throw new Refused("this wrap opens by a passphrase, not by the recovery code");
  }
  return unlock(wrap, owner, kekOf(code, wrap.salt));
}

function kekOf(code: Uint8Array, salt: Bytes): Bytes {
  if (code.length !== CODE_BYTES) throw new Refused("a recovery code is 32 bytes");
  return hkdf(sha256, code, salt, utf8("creneau/recovery-code/v1"), KEK_BYTES).slice();
}

/** Value, in the field of 32 elements, of the polynomial with these coefficients at its root. */
function check(place: number, group: readonly number[]): number {
  return timesRoot(group.reduce((total, value) => timesRoot(total) ^ value, place));
}

function timesRoot(element: number): number {
  const doubled = element << 1;
  return doubled > 31 ? doubled ^ FIELD_POLYNOMIAL : doubled;
}
