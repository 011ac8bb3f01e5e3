/** The campaign and its centres' keys, used only when the authority vouches for them. */
import {
  type Campaign, fromBase64url, type KeyService, keyServiceAt, Refused, signedCampaignFromJson,
  signedKeyFromJson, verifiedCampaign, verifiedCentreKey, type Bytes, keyIdOf, toHex,
} from "../../protocol/citizen.ts";
import { today } from "./days.ts";
import { ProblemError, read, safeName } from "./http.ts";

/** A key that a centre's identities are sealed to. */
export interface CentreKey {
  readonly id: Bytes;
  readonly name: string;
  readonly public_key: Bytes;
}

/** Public key of the authority, from the page itself. */
export function authority(): Bytes {
  const written = document.querySelector<HTMLMetaElement>('meta[name="creneau-authority"]');
  return fromBase64url(written?.content ?? "", 32);
}

let known: Campaign | null = null;

export async function campaign(): Promise<Campaign> {
  if (known === null) {
    const { campaign: of, signature } = signedCampaignFromJson(utf8(await read("/keys/campaign.json")));
    known = verifiedCampaign(of, signature, authority(), { code: of.code, on: today() });
  }
  return known;
}

/** Key of a centre that is valid today; a key nobody vouches for is refused. */
export async function centreKey(centre: string): Promise<CentreKey> {
  const { code } = await campaign();
  const listed = JSON.parse(await read(`/keys/centres/${safeName(centre)}.json`).catch(absent)) as
    { keys: unknown[] };
  let refusal = new Refused("this centre has no key");
  for (const one of listed.keys) {
    try {
      const { key, signature } = signedKeyFromJson(utf8(JSON.stringify(one)));
      const public_key = verifiedCentreKey(
        key, signature, authority(), { campaign: code, centre, on: today() },
      );
      const id = keyIdOf(public_key);
      return { id, name: toHex(id), public_key };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

/** Key services of the campaign; `grant` lets a centre ask for many tags at once. */
export function services(of: Campaign, grant?: string): KeyService[] {
  return of.services.map((address) => keyServiceAt(address, of.code, grant));
}

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

function absent(error: unknown): string {
  if (error instanceof ProblemError && error.status === 404) return '{"keys": []}';
  throw error;
}
