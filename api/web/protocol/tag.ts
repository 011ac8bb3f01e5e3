/** The person tag: the same for the same person in a campaign, and it tells nothing. */
import { ristretto255_oprf } from "@noble/curves/ed25519.js";

import { type Bytes, frame, fromBase64url, fromJson, toBase64url, toJson } from "./encoding.ts";
import { type Person, personMessage } from "./person.ts";
import { Refused } from "./refusal.ts";
import { TAG_BYTES } from "./sealing.ts";

/** What a key service answers: a point for each it was sent, and one proof for all. */
export interface Evaluation {
  readonly points: readonly Uint8Array[];
  readonly proof: Uint8Array;
}

export interface Blinded {
  readonly message: Uint8Array;
  readonly blind: Uint8Array;
  readonly point: Uint8Array;
}

/** A key service as its clients know it; the key comes from the signed campaign. */
export interface KeyService {
  readonly publicKey: Uint8Array;
  readonly ask: (points: readonly Uint8Array[]) => Promise<Evaluation>;
}

const POINT_BYTES = 32;
const PROOF_BYTES = 64;
const { voprf } = ristretto255_oprf;

/** Hide an input behind a random scalar. */
export function blind(message: Uint8Array): Blinded {
  const { blind: scalar, blinded } = voprf.blind(message);
  return { message, blind: scalar, point: blinded };
}

/** Check the proof against the service's known key, then give the outputs, 64 bytes each. */
export function finalize(
  blinded: readonly Blinded[],
  answer: Evaluation,
  publicKey: Uint8Array,
): Uint8Array[] {
  if (blinded.length === 0 || answer.points.length !== blinded.length) {
    throw new Refused("the answer has not as many points as were sent");
  }
  const items = blinded.map((one, i) => ({
    input: one.message,
    blind: one.blind,
    blinded: one.point,
    evaluated: answer.points[i] as Uint8Array,
  }));
  try {
    return voprf.finalizeBatch(items, publicKey, answer.proof);
  } catch {
    throw new Refused("the proof does not hold: another key answered");
  }
}

/** Tags of people, a batch for each service in turn. */
export async function personTags(
  persons: readonly Person[],
  campaign: string,
  services: readonly KeyService[],
): Promise<Bytes[]> {
  if (services.length === 0) throw new Refused("a tag needs a key service");
  let values: Uint8Array[] = persons.map((person) => personMessage(person, campaign));
  for (const service of services) {
    const blinded = values.map(blind);
    const answer = await service.ask(blinded.map((one) => one.point));
    values = finalize(blinded, answer, service.publicKey);
  }
  return values.map((value) => value.slice(0, TAG_BYTES));
}

/** Public key of a campaign's tags, from the seed a key service holds for it. */
export function tagPublicKey(seed: Uint8Array, campaign: string): Bytes {
  return voprf.deriveKeyPair(seed, frame("creneau/tag-key/v1", campaign)).publicKey.slice();
}

/** Body of a request to a key service. */
export function questionToJson(campaign: string, points: readonly Uint8Array[]): Bytes {
  return toJson({ campaign, points: points.map(toBase64url) });
}

/** Read the body of a key service's answer. */
export function answerFromJson(data: Uint8Array): Evaluation {
  const { points, proof } = fromJson(data, ["points", "proof"]);
  if (typeof proof !== "string") throw new Refused("proof is not a text");
  if (!Array.isArray(points) || !points.every((point) => typeof point === "string")) {
    throw new Refused("points is not a list of texts");
  }
  return {
    points: points.map((point) => fromBase64url(point, POINT_BYTES)),
    proof: fromBase64url(proof, PROOF_BYTES),
  };
}
