/** Asking a key service over HTTP; the only part of the protocol that speaks to anybody. */
import type { ServiceAddress } from "./authority.ts";
import { Refused } from "./refusal.ts";
import { answerFromJson, type KeyService, questionToJson } from "./tag.ts";

/** Points one request may have. */
export const MOST_BATCH_POINTS = 256;

/** A key service did not answer: busy, out of reach, or as much was asked today as may be. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
  readonly status: number;

  /** `status` is 0 when nothing came back at all. */
  constructor(status: number) {
    super(status === 429 ? "this address has asked enough for today" : "no answer");
    this.status = status;
  }
}

/**
 * The key service of a signed campaign.
 * `grant` is a centre's leave to ask for many at once (`openedGrant`).
 */
export function keyServiceAt(
  address: ServiceAddress,
  campaign: string,
  grant?: string,
): KeyService {
  return {
    publicKey: address.public_key,
    ask: async (points) => {
      if (points.length > MOST_BATCH_POINTS) {
        throw new Refused(`a request has 1 to ${MOST_BATCH_POINTS} points`);
      }
      // A body of bytes has no content type: the browser asks no leave first, one round trip less.
      const init: RequestInit = {
        method: "POST",
        body: questionToJson(campaign, points),
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
        headers: grant === undefined ? {} : { authorization: `Bearer ${grant}` },
      };
      const response = await fetch(`${address.url}/v1/evaluate`, init).catch(() => {
        throw new Unanswered(0);
      });
      if (!response.ok) throw new Unanswered(response.status);
      return answerFromJson(new Uint8Array(await response.arrayBuffer()));
    },
  };
}
