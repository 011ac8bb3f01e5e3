/** A centre's leave to ask a key service for many tags at once, sealed to the centre's key. */
import type { SignedKey } from "./documents.ts";
import { frame } from "./encoding.ts";
import { ownerFields } from "./keys.ts";
import { hpkeOpen } from "./sealing.ts";

/** Token of a sealed grant, opened with the centre's private key. */
export async function openedGrant(signed: SignedKey, secret: Uint8Array): Promise<string> {
  const info = frame("creneau/batch-grant-seal/v1", ...ownerFields(signed.key.owner));
  return new TextDecoder().decode(await hpkeOpen(signed.grant, secret, info));
}
