/** The centre's keys as the server keeps them: public and signed, private and wrapped. */
import {
  type Bytes, type KeyFile, keyFileFromJson, keyFileToJson, openedGrant, Refused, type SignedKey,
  signedKeyFromJson, toHex, verifiedCentreKey, keyIdOf,
} from "../../protocol/staff.ts";
import { authority, campaign, utf8 } from "../common/campaign.ts";
import { today } from "../common/days.ts";
import { asStaff, at } from "./session.ts";

export interface KeyEntry {
  readonly key_id: string;
  readonly signed: unknown;
  readonly key_file: unknown;
  readonly version: number;
  readonly destroyed_at: string | null;
}

/** A key that is open in this page, until it is locked. */
export interface OpenKey {
  readonly id: Bytes;
  readonly name: string;
  readonly file: KeyFile;
  readonly version: number;
  readonly secret: Bytes;
  /** Leave to ask for many tags; empty while the key is not signed. */
  readonly grant: string;
}

export async function keys(centre: string): Promise<readonly KeyEntry[]> {
  return (await asStaff<{ keys: KeyEntry[] }>("GET", `${at(centre)}/keys`)).keys;
}

/** File of a key, read strictly: one whose protection was lowered is refused here. */
export function fileOf(entry: KeyEntry, centre: string): KeyFile {
  const file = keyFileFromJson(utf8(JSON.stringify(entry.key_file)));
  if (file.owner.centre !== centre || toHex(keyIdOf(file.owner.public_key)) !== entry.key_id) {
    throw new Refused("the private key in this file belongs to another public key");
  }
  return file;
}

export async function keepFile(centre: string, file: KeyFile, version: number): Promise<number> {
  const body = JSON.parse(new TextDecoder().decode(keyFileToJson(file))) as unknown;
  const path = `${at(centre)}/keys/${toHex(keyIdOf(file.owner.public_key))}/file`;
  const kept = await asStaff<{ version: number }>("PUT", path, { headers: { "if-match": `"${version}"` }, body });
  return kept.version;
}

/** Show everybody a key that the authority signed, once it is seen to be ours and signed. */
export async function keepSigned(centre: string, text: string): Promise<void> {
  const { key, signature } = signedKeyFromJson(utf8(text));
  const { code } = await campaign();
  const on = key.validity.first_day > today() ? key.validity.first_day : today();
  const found = verifiedCentreKey(key, signature, authority(), { campaign: code, centre, on });
  await asStaff("PUT", `${at(centre)}/keys/${toHex(keyIdOf(found))}/signed`, { body: JSON.parse(text) as unknown });
}

export async function destroyKey(centre: string, keyId: string, anyway: boolean): Promise<void> {
  await asStaff("DELETE", `${at(centre)}/keys/${keyId}${anyway ? "?anyway=true" : ""}`);
}

/** A key whose secret was found, with the leave that was sealed to it. */
export async function opened(entry: KeyEntry, file: KeyFile, secret: Bytes): Promise<OpenKey> {
  const id = keyIdOf(file.owner.public_key);
  const grant = entry.signed === null ? "" : await openedGrant(signedOf(entry), secret);
  return { id, name: entry.key_id, file, version: entry.version, secret, grant };
}

export function signedOf(entry: KeyEntry): SignedKey {
  return signedKeyFromJson(utf8(JSON.stringify(entry.signed)));
}
