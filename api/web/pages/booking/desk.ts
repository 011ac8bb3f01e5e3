/** The requests of a booking (docs/booking.md). */
import { type Bytes, fromBase64url, randomBytes, toBase64url } from "../../protocol/citizen.ts";
import { ask } from "../common/http.ts";
import type { Window } from "./availability.ts";
import type { Wanted } from "./pairs.ts";

/** What opens a booking: whoever has it may move or cancel it. */
export interface Ticket {
  readonly id: string;
  readonly secret: string;
}

export interface Dose {
  readonly dose_rank: number;
  readonly centre: string;
  readonly slot: number;
  readonly product: string;
  readonly day: string;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly state: string;
  readonly to_seal_again: boolean;
}

export interface Receipt {
  readonly booking: string;
  readonly state: string;
  readonly doses: readonly Dose[];
}

export interface Hold {
  readonly booking: string;
  readonly expires_at: string;
  readonly doses: readonly Dose[];
}

export interface SealedDose {
  readonly dose_rank: number;
  readonly key_id: string;
  readonly sealed: string;
}

type Choice = Pick<Window, "centre" | "slot">;
const SECRET_BYTES = 32;
const TICKET = /^rdv=([0-9a-f-]{36})\.([A-Za-z0-9_-]{43})$/;

export function newTicket(): Ticket {
  return { id: crypto.randomUUID(), secret: toBase64url(randomBytes(SECRET_BYTES)) };
}

/** Ticket of a receipt's link: behind the #, where no server ever sees it. */
export function ticketOf(fragment: string): Ticket | null {
  const found = TICKET.exec(fragment.replace(/^#/, ""));
  if (found === null) return null;
  const [, id = "", secret = ""] = found;
  fromBase64url(secret, SECRET_BYTES);
  return { id, secret };
}

export function linkOf(ticket: Ticket): string {
  return `${location.origin}/rendez-vous#rdv=${ticket.id}.${ticket.secret}`;
}

/** Block places; the staff's way names who they are by `headers`. */
export function hold(
  ticket: Ticket, wanted: Wanted, doses: readonly Choice[], path = "/api/holds", headers = {},
): Promise<Hold> {
  const body = {
    department: wanted.department, class: wanted.class, doses: doses.map(choiceOf),
    ...(wanted.first === null ? {} : { first_elsewhere: wanted.first }),
  };
  return ask("POST", path, { headers: { ...headers, ...keyed(ticket) }, body });
}

export async function release(ticket: Ticket): Promise<void> {
  await ask("DELETE", `/api/holds/${ticket.id}`, { headers: owned(ticket) });
}

export function confirm(ticket: Ticket, tag: Bytes, doses: readonly SealedDose[]): Promise<Receipt> {
  const body = { tag: toBase64url(tag), doses };
  return ask("POST", "/api/bookings", { headers: keyed(ticket), body });
}

export function fetchReceipt(ticket: Ticket): Promise<Receipt> {
  return ask("GET", `/api/bookings/${ticket.id}`, { headers: owned(ticket) });
}

export function move(
  ticket: Ticket, doses: readonly (Choice & Partial<SealedDose>)[],
): Promise<Receipt> {
  return ask("POST", `/api/bookings/${ticket.id}/move`, { headers: again(ticket), body: { doses } });
}

export function cancel(ticket: Ticket): Promise<Receipt> {
  return ask("POST", `/api/bookings/${ticket.id}/cancel`, { headers: again(ticket) });
}

/** Remove the booking and all that was sealed, at once and for good. */
export async function erase(ticket: Ticket): Promise<void> {
  await ask("DELETE", `/api/bookings/${ticket.id}`, { headers: owned(ticket) });
}

export function sealAgain(ticket: Ticket, doses: readonly SealedDose[]): Promise<Receipt> {
  return ask("PUT", `/api/bookings/${ticket.id}/seals`, { headers: owned(ticket), body: { doses } });
}

export function owned(ticket: Ticket): Record<string, string> {
  return { "manage-secret": ticket.secret };
}

export function keyed(ticket: Ticket): Record<string, string> {
  return { ...owned(ticket), "idempotency-key": ticket.id };
}

function again(ticket: Ticket): Record<string, string> {
  return { ...owned(ticket), "idempotency-key": crypto.randomUUID() };
}

function choiceOf({ centre, slot }: Choice): Choice {
  return { centre, slot };
}
