/** Doses that went to another centre: opened with our key, sealed to theirs. */
import { fromBase64url, seal, toBase64url } from "../../protocol/staff.ts";
import { campaign, centreKey } from "../common/campaign.ts";
import { asStaff, at } from "./session.ts";
import type { OpenKey } from "./keyring.ts";
import { identityOf } from "./people.ts";

interface Departed {
  readonly booking: string;
  readonly dose_rank: number;
  readonly tag: string | null;
  readonly key_id: string;
  readonly sealed: string;
  readonly centre: string;
}

/** Doses that wait to be sealed to the centre they are at now. */
export async function departed(centre: string): Promise<readonly Departed[]> {
  return (await asStaff<{ doses: Departed[] }>("GET", `${at(centre)}/to-seal-again`)).doses;
}

export async function sealForOthers(centre: string, doses: readonly Departed[], keys: readonly OpenKey[]): Promise<number> {
  const { code } = await campaign();
  let done = 0;
  for (const dose of doses) {
    if (dose.tag === null || !keys.some((key) => key.name === dose.key_id)) continue;
    const who = await identityOf(centre, dose, keys);
    const key = await centreKey(dose.centre);
    const sealed = await seal(who, key.public_key, {
      campaign: code, centre: dose.centre, keyId: key.id, booking: dose.booking, tag: fromBase64url(dose.tag),
    });
    const body = { key_id: key.name, sealed: toBase64url(sealed) };
    await asStaff("PUT", `${at(centre)}/to-seal-again/${dose.booking}/${dose.dose_rank}`, { body });
    done += 1;
  }
  return done;
}
