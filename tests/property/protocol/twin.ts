// Calls functions of the pages' protocol for the tests: a line of JSON in, a line out.
// Bytes travel as {"hex": "..."}.
import { createInterface } from "node:readline";

import { ristretto255_oprf } from "../../../api/web/node_modules/@noble/curves/ed25519.js";
import * as room from "../../../api/web/pages/booking/room.ts";
import * as authority from "../../../api/web/protocol/authority.ts";
import * as documents from "../../../api/web/protocol/documents.ts";
import * as encoding from "../../../api/web/protocol/encoding.ts";
import * as grant from "../../../api/web/protocol/grant.ts";
import * as identity from "../../../api/web/protocol/identity.ts";
import * as keyFile from "../../../api/web/protocol/key-file.ts";
import * as keyService from "../../../api/web/protocol/key-service.ts";
import * as keys from "../../../api/web/protocol/keys.ts";
import * as person from "../../../api/web/protocol/person.ts";
import * as recovery from "../../../api/web/protocol/recovery.ts";
import { Refused } from "../../../api/web/protocol/refusal.ts";
import * as sealing from "../../../api/web/protocol/sealing.ts";
import * as tag from "../../../api/web/protocol/tag.ts";
import * as wrapping from "../../../api/web/protocol/wrapping.ts";

type Vector = Record<"publicKey" | "info" | "seed" | "aad" | "plain", Uint8Array>;

/** HPKE with a given ephemeral key, as published vectors need it. */
async function sealedVector({ publicKey, info, seed, aad, plain }: Vector): Promise<Uint8Array> {
  const buffer = (bytes: Uint8Array) => new Uint8Array(bytes).buffer;
  const recipientPublicKey = await sealing.SUITE.kem.deserializePublicKey(buffer(publicKey));
  const sender = await sealing.SUITE.createSenderContext({
    recipientPublicKey, info: buffer(info), ekm: buffer(seed),
  });
  const sealed = await sender.seal(buffer(plain), buffer(aad));
  return encoding.concat(new Uint8Array(sender.enc), new Uint8Array(sealed));
}

/** Public key that is derived as the published vectors derive it. */
function publishedKey(seed: Uint8Array, info: Uint8Array): Uint8Array {
  return ristretto255_oprf.voprf.deriveKeyPair(seed, info).publicKey;
}

/** Tags made with key services that answer over HTTP. */
function tagsOver(
  persons: person.Person[], campaign: string, services: authority.ServiceAddress[], leave?: string,
): Promise<Uint8Array[]> {
  const asked = services.map((one) => keyService.keyServiceAt(one, campaign, leave));
  return tag.personTags(persons, campaign, asked);
}

const rooms: Record<string, Record<string, unknown>> = {
  authority, documents, encoding, grant, identity, keyFile, keys, person, recovery, room, sealing,
  tag, wrapping, twin: { publishedKey, sealedVector, tagsOver },
};

function revive(_: string, value: unknown): unknown {
  const isBytes = encoding.isObject(value) && typeof value["hex"] === "string";
  return isBytes ? Uint8Array.from(Buffer.from(value["hex"] as string, "hex")) : value;
}

function plain(_: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { hex: encoding.toHex(value) } : value;
}

async function answer(line: string): Promise<unknown> {
  const { room, name, given } = JSON.parse(line, revive);
  try {
    const called = rooms[room]?.[name] as (...given: unknown[]) => unknown;
    return { value: (await called(...given)) ?? null };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    return { failed: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(line), plain)}\n`);
}
