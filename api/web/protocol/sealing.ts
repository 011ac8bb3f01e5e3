/** Sealing an identity to a centre's key by HPKE (RFC 9180), bound to the booking it is for. */
import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";

import { type Bytes, concat, frame } from "./encoding.ts";
import { type Identity, pad, PADDED_BYTES, unpad } from "./identity.ts";
import { checkCode, KEY_ID_BYTES, PUBLIC_BYTES, SECRET_BYTES } from "./keys.ts";
import { Refused } from "./refusal.ts";

/** What a sealed identity belongs to; opened with any other, it does not open. */
export interface Binding {
  readonly campaign: string;
  readonly centre: string;
  readonly keyId: Uint8Array;
  /** The booking id, a UUID. */
  readonly booking: string;
  readonly tag: Uint8Array;
}

export const TAG_BYTES = 32;
const ENCAPSULATED_BYTES = 32;
const OVERHEAD_BYTES = 48;
/** Every sealed identity has this size. */
export const SEALED_BYTES = PADDED_BYTES + OVERHEAD_BYTES;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The one suite that is used. */
export const SUITE = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Chacha20Poly1305(),
});

/** `info` of HPKE; the slot is no part of it, so that a move inside a centre keeps the seal. */
export function infoOf(binding: Binding): Bytes {
  checkCode("campaign", binding.campaign);
  checkCode("centre", binding.centre);
  if (binding.keyId.length !== KEY_ID_BYTES || binding.tag.length !== TAG_BYTES) {
    throw new Refused("an identity is sealed for a key id of 16 bytes and a tag of 32");
  }
  return frame(
    "creneau/identity/v1", binding.campaign, binding.centre, binding.keyId,
    uuidBytes(binding.booking), binding.tag,
  );
}

/** Seal an identity: 1,072 bytes that only the centre can open, for this booking. */
export async function seal(
  of: Identity,
  publicKey: Uint8Array,
  binding: Binding,
): Promise<Bytes> {
  return hpkeSeal(pad(of), publicKey, infoOf(binding));
}

/** Open a sealed identity; refused when sealed for another key or booking, or altered. */
export async function openSealed(
  sealed: Uint8Array,
  privateKey: Uint8Array,
  binding: Binding,
): Promise<Identity> {
  if (sealed.length !== SEALED_BYTES) throw new Refused("a sealed identity has another size");
  return unpad(await hpkeOpen(sealed, privateKey, infoOf(binding)));
}

/** Seal bytes to an X25519 key: encapsulated key, then ciphertext. */
export async function hpkeSeal(
  plain: Uint8Array,
  publicKey: Uint8Array,
  info: Uint8Array,
): Promise<Bytes> {
  if (publicKey.length !== PUBLIC_BYTES) throw new Refused("a public key is 32 bytes");
  try {
    const recipientPublicKey = await SUITE.kem.deserializePublicKey(buffer(publicKey));
    const { enc, ct } = await SUITE.seal(
      { recipientPublicKey, info: buffer(info) }, buffer(plain),
    );
    return concat(new Uint8Array(enc), new Uint8Array(ct));
  } catch {
    throw new Refused("the public key is none that anything can be sealed to");
  }
}

/** Open what `hpkeSeal` made for the same key and `info`. */
export async function hpkeOpen(
  sealed: Uint8Array,
  privateKey: Uint8Array,
  info: Uint8Array,
): Promise<Bytes> {
  if (privateKey.length !== SECRET_BYTES) throw new Refused("a private key is 32 bytes");
  try {
    const recipientKey = await SUITE.kem.deserializePrivateKey(buffer(privateKey));
    const enc = buffer(sealed.subarray(0, ENCAPSULATED_BYTES));
    const plain = await SUITE.open(
      { recipientKey, enc, info: buffer(info) }, buffer(sealed.subarray(ENCAPSULATED_BYTES)),
    );
    return new Uint8Array(plain);
  } catch {
    throw new Refused("this does not open: another key, another booking, or altered");
  }
}

/** The 16 bytes of a UUID. */
export function uuidBytes(uuid: string): Bytes {
  if (!UUID.test(uuid)) throw new Refused("a booking id is a UUID in small letters");
  const digits = uuid.replaceAll("-", "");
  return Uint8Array.from({ length: 16 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

function buffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
