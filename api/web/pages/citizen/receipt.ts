/** The receipt: whoever has its link may read, move, cancel, export and erase the booking. */
import { type Centre, centres } from "../booking/availability.ts";
import { calendar } from "../booking/calendar.ts";
import { cancel, type Dose, erase, fetchReceipt, linkOf, type Receipt, type Ticket } from "../booking/desk.ts";
import { hourAt, longDay } from "../common/days.ts";
import { button, el } from "../common/el.ts";
import { t } from "../common/language.ts";
import { failure } from "../common/failure.ts";
import { notice, show } from "../common/page.ts";
import { qrCode } from "../common/qr.ts";
import { save } from "../common/save.ts";
import { showMove } from "./move.ts";
import { sealAgainForm } from "./seal-again.ts";

const STATES: Readonly<Record<string, readonly [string, string]>> = {
  held: ["retenu", "held"], booked: ["à venir", "to come"], arrived: ["arrivé(e)", "arrived"],
  fulfilled: ["dose faite", "dose given"], noshow: ["manqué", "missed"],
  cancelled: ["annulé", "cancelled"], displaced: ["à replacer", "to be moved"],
};

/** Ask for the receipt of a link, and show it. */
export async function openReceipt(ticket: Ticket): Promise<void> {
  await showReceipt(ticket, await fetchReceipt(ticket), false);
}

export async function showReceipt(ticket: Ticket, receipt: Receipt, fresh: boolean): Promise<void> {
  const known = await centres();
  const live = receipt.doses.filter((dose) => dose.state === "booked");
  const again = receipt.doses.filter((dose) => dose.to_seal_again);
  const below = el("div", { class: "below" });
  show(titleOf(receipt, fresh),
    fresh ? notice("good", el("p", {}, t("C’est réservé. Gardez le lien ci-dessous : lui seul permet de déplacer ou d’annuler.",
      "It is booked. Keep the link below: it alone lets you move or cancel."))) : null,
    el("ol", { class: "cards" }, ...receipt.doses.map((dose) => doseCard(dose, known))),
    again.length ? sealAgainForm(ticket, again, () => openReceipt(ticket)) : null,
    live.length ? keep(ticket, receipt, known) : null,
    el("div", { class: "actions no-print" },
      live.length ? button(t("Déplacer", "Move"), () => showMove(ticket, receipt, below)) : null,
      live.length ? button(t("Annuler", "Cancel"), () => askFirst(below,
        t("Annuler les rendez-vous à venir ? La place est rendue tout de suite.", "Cancel the appointments to come? The place is given back at once."),
        t("Oui, annuler", "Yes, cancel"), async () => showReceipt(ticket, await cancel(ticket), false))) : null,
      button(t("Exporter mes données", "Export my data"), () => exportData(receipt)),
      button(t("Tout effacer", "Erase everything"), () => askFirst(below,
        t("Effacer le rendez-vous et tout ce que le serveur en garde ? C’est définitif.", "Erase the appointment and all the server keeps of it? This cannot be undone."),
        t("Oui, tout effacer", "Yes, erase everything"), async () => erased(ticket)))),
    below,
  );
}

function doseCard(dose: Dose, known: ReadonlyMap<string, Centre>): HTMLElement {
  const centre = known.get(dose.centre);
  return el("li", { class: "card" }, el("div", {},
    el("h2", {}, t(`Dose ${dose.dose_rank}`, `Dose ${dose.dose_rank}`), " ", el("span", { class: `state ${dose.state}` }, t(...(STATES[dose.state] ?? [dose.state, dose.state]) as [string, string]))),
    el("p", { class: "when" }, el("strong", {}, `${longDay(dose.day)}, ${hourAt(dose.starts_at)}`)),
    el("p", {}, centre?.name ?? dose.centre),
    el("p", { class: "quiet" }, [centre?.address, centre?.postcode, centre?.city].filter(Boolean).join(" "),
      centre?.phone ? ` · ${centre.phone}` : ""),
  ));
}

/** Link, QR code, calendar file, printed sheet: all made here. */
function keep(ticket: Ticket, receipt: Receipt, known: ReadonlyMap<string, Centre>): HTMLElement {
  const link = linkOf(ticket);
  const said = el("span", { role: "status" });
  return el("section", { class: "keep" },
    el("h2", {}, t("À garder", "To keep")),
    qrCode(link, t("Code QR du lien de ce rendez-vous", "QR code of this appointment's link")),
    el("div", {},
      el("p", {}, t("Apportez votre pièce d’identité et votre carte Vitale.", "Bring your identity document and your carte Vitale.")),
      el("p", { class: "link-text" }, el("a", { href: link }, link)),
      el("div", { class: "actions no-print" },
        button(t("Copier le lien", "Copy the link"), async () => {
          await navigator.clipboard.writeText(link);
          said.textContent = t("Copié.", "Copied.");
        }),
        button(t("Ajouter au calendrier", "Add to calendar"), () =>
          save("vaccination.ics", "text/calendar", calendar(ticket, receipt.doses, known))),
        button(t("Imprimer", "Print"), () => print())),
      said,
      el("p", { class: "hint no-print" }, t("Lien perdu ? Le centre peut vous en refaire un, pièce d’identité en main.",
        "Link lost? The centre can make you a new one, on showing your identity document."))));
}

/** Ask before something that cannot be taken back. */
function askFirst(place: HTMLElement, question: string, yes: string, act: () => Promise<void>): void {
  const confirmButton = button(yes, () => act().catch((error: unknown) => place.append(failure(error))), { class: "danger" });
  place.replaceChildren(notice("warning", el("p", {}, question), el("div", { class: "actions" },
    confirmButton, button(t("Non", "No"), () => place.replaceChildren()))));
  confirmButton.focus();
}

function exportData(receipt: Receipt): void {
  const said = t(
    "Tout ce que le serveur tient de ce rendez-vous. L’identité y est chiffrée pour le centre, que lui seul peut lire.",
    "All that the server holds of this appointment. The identity is sealed to the centre, which alone can read it.");
  save("rendez-vous.json", "application/json", JSON.stringify({ said, ...receipt }, null, 2));
}

async function erased(ticket: Ticket): Promise<void> {
  await erase(ticket);
  history.replaceState(null, "", location.pathname + location.search);
  show(t("Tout est effacé", "Everything is erased"),
    el("p", {}, t("Le serveur ne tient plus rien de ce rendez-vous. Le lien ne mène plus à rien.",
      "The server holds nothing of this appointment any more. The link leads nowhere.")));
}

function titleOf(receipt: Receipt, fresh: boolean): string {
  if (receipt.state === "cancelled") return t("Rendez-vous annulé", "Appointment cancelled");
  return fresh ? t("Rendez-vous confirmé", "Appointment confirmed") : t("Votre rendez-vous", "Your appointment");
}
