/** The waiting room as a page has it (docs/queue.md): a ticket, its work, its place, its turn. */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";

import { ask, ProblemError, read } from "../common/http.ts";

/** What `/queue/state.json` says. */
export interface Notice {
  readonly open: boolean;
  readonly rate_per_s: number;
  readonly admitted_until_us: number;
  readonly early: number;
  readonly early_place: number;
  readonly marks: readonly (readonly [until_us: number, waiting: number])[];
  readonly opening: null | {
    readonly opens_at: string;
    readonly secret: string | null;
    readonly list_digest: string | null;
  };
}

/** A ticket with the number that proves its work. */
export interface Pass {
  readonly ticket: string;
  readonly id: string;
  readonly arrived_us: number;
  readonly early: boolean;
  readonly proof: number;
}

type Given = Omit<Pass, "proof"> & { readonly difficulty: number };

const KEPT = "creneau-queue";
const PLACES = 2 ** 52;
const HASHES_A_TURN = 4096;
const NUMBER_BYTES = 8;
/** Refusals after which a page is in the waiting room. */
const ROOM = ["waiting-room", "not-your-turn", "wrong-proof", "ticket-spent"];

/** How the room stands; null where there is none, which is as good as closed. */
export async function notice(): Promise<Notice | null> {
  try {
    return JSON.parse(await read("/queue/state.json")) as Notice;
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return null;
    throw error;
  }
}

/** The ticket of this visit, kept through a refresh, or a new one with its work done. */
export async function pass(): Promise<Pass> {
  const kept = sessionStorage.getItem(KEPT);
  if (kept !== null) return JSON.parse(kept) as Pass;
  const given = await ask<Given>("POST", "/api/queue/tickets");
  const made = { ...given, proof: await prove(hexToBytes(given.id), given.difficulty) };
  sessionStorage.setItem(KEPT, JSON.stringify(made));
  return made;
}

/** The ticket of this visit, if it has one. */
export function headersOf(): Record<string, string> {
  const kept = sessionStorage.getItem(KEPT);
  if (kept === null) return {};
  const { ticket, proof } = JSON.parse(kept) as Pass;
  return { "queue-ticket": ticket, "queue-proof": String(proof) };
}

/** Whether a refusal is the room's; a ticket that is no good any more is thrown away. */
export function isTheRoom(error: unknown): boolean {
  if (!(error instanceof ProblemError) || !ROOM.includes(error.slug)) return false;
  if (error.slug !== "not-your-turn") sessionStorage.removeItem(KEPT);
  return true;
}

/** The proof of work: the page stays alive while it counts. */
export async function prove(id: Uint8Array, difficulty: number): Promise<number> {
  const message = concatBytes(utf8ToBytes("creneau/queue/proof"), id, new Uint8Array(NUMBER_BYTES));
  const number = new DataView(message.buffer, message.length - NUMBER_BYTES);
  for (let tried = 0; ; tried += 1) {
    number.setBigUint64(0, BigInt(tried));
    if (leadingZeros(sha256(message)) >= difficulty) return tried;
    if (tried % HASHES_A_TURN === 0) await new Promise((resolve) => setTimeout(resolve));
  }
}

function leadingZeros(digest: Uint8Array): number {
  const view = new DataView(digest.buffer, digest.byteOffset);
  const first = view.getUint32(0);
  return first === 0 ? 32 : Math.clz32(first);
}

/** Place in the lot of an opening; null before its list is closed, and for who came later. */
export function placeOf({ id, early }: Pick<Pass, "id" | "early">, { opening }: Notice): number | null {
  if (!early || opening?.secret == null || opening.list_digest === null) return null;
  const drawn = sha256(concatBytes(utf8ToBytes("creneau/queue/lot"), hexToBytes(opening.secret),
    hexToBytes(opening.list_digest), hexToBytes(id)));
  const high = new DataView(drawn.buffer, drawn.byteOffset).getBigUint64(0);
  return Number(high >> 12n);
}

/** People who come before this ticket, as `Notice.ahead` of api/queue counts them. */
export function ahead(pass: Pick<Pass, "id" | "early" | "arrived_us">, notice: Notice): number {
  const unit = notice.early / PLACES;
  const place = placeOf(pass, notice);
  if (place !== null) return Math.max(0, (place - notice.early_place) * unit);
  const early = (PLACES - notice.early_place) * unit;
  let [before, count] = [notice.admitted_until_us, 0];
  for (const [until, waiting] of notice.marks) {
    if (pass.arrived_us <= until) {
      const part = Math.max(0, pass.arrived_us - before) / Math.max(1, until - before);
      return early + count + part * (waiting - count);
    }
    [before, count] = [until, waiting];
  }
  return early + count;
}

/** Whether the holder's turn has come. */
export function hasTurn(pass: Pick<Pass, "id" | "early" | "arrived_us">, notice: Notice): boolean {
  if (pass.early && notice.opening !== null && notice.opening.secret === null) return false;
  if (!notice.open) return true;
  const place = placeOf(pass, notice);
  return place === null ? pass.arrived_us < notice.admitted_until_us : place < notice.early_place;
}
