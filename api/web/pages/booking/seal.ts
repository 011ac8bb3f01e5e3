/** Tag and seals of one person, made here; what leaves the page tells nobody who it is. */
import {
  type Bytes, type Identity, personOf, personTags, seal, toBase64url,
} from "../../protocol/citizen.ts";
import { campaign, centreKey, services } from "../common/campaign.ts";
import type { SealedDose, Ticket } from "./desk.ts";

interface Place { readonly dose_rank: number; readonly centre: string }

export interface Made {
  readonly tag: Bytes;
  readonly doses: readonly SealedDose[];
}

/** Ask the key services for the tag, then seal the identity for each dose's centre. */
export async function tagAndSeal(who: Identity, ticket: Ticket, places: readonly Place[]): Promise<Made> {
  const of = await campaign();
  // The keys first: a centre that nobody vouches for ends it before anything was asked.
  const keys = await Promise.all(places.map(({ centre }) => centreKey(centre)));
  performance.mark("creneau-seal-start");
  const [tag] = await personTags([personOf(who)], of.code, services(of));
  if (tag === undefined) throw new Error("a person has one tag");
  const doses = await Promise.all(places.map(async ({ dose_rank, centre }, i) => {
    const key = keys[i];
    if (key === undefined) throw new Error("a dose has one key");
    const sealed = await seal(who, key.public_key, {
      campaign: of.code, centre, keyId: key.id, booking: ticket.id, tag,
    });
    return { dose_rank, key_id: key.name, sealed: toBase64url(sealed) };
  }));
  performance.measure("creneau-seal", "creneau-seal-start");
  return { tag, doses };
}
