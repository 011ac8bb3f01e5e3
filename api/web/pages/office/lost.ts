/** A lost receipt: after a look at the identity document, a new link; the old one is void. */
import { fromBase64url, toBase64url } from "../../protocol/staff.ts";
import { linkOf, newTicket } from "../booking/desk.ts";
import { el } from "../common/el.ts";
import { t } from "../common/language.ts";
import { qrCode } from "../common/qr.ts";
import { asStaff, at } from "./session.ts";

export async function newReceipt(centre: string, booking: string): Promise<HTMLElement> {
  const ticket = { id: booking, secret: newTicket().secret };
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", fromBase64url(ticket.secret)));
  const body = { secret_hash: toBase64url(hash) };
  await asStaff("POST", `${at(centre)}/bookings/${booking}/secret`, { body });
  const link = linkOf(ticket);
  return el("section", { class: "keep" },
    el("h2", {}, t("Nouveau reçu", "New receipt")),
    qrCode(link, t("Code QR du nouveau lien", "QR code of the new link")),
    el("div", {}, el("p", {}, t("L’ancien lien ne marche plus. À photographier ou imprimer :", "The old link works no more. Photograph or print:")),
      el("p", { class: "link-text" }, link)));
}

/** Free a booking that should not be: a second one of somebody, or one under a false identity. */
export async function freeBooking(centre: string, booking: string): Promise<void> {
  const headers = { "idempotency-key": crypto.randomUUID() };
  await asStaff("POST", `${at(centre)}/bookings/${booking}/cancel`, { headers });
}
