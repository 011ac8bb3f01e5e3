/** A dose was moved to another centre by the campaign: who comes is sealed to that one. */
import { type Dose, sealAgain, type Ticket } from "../booking/desk.ts";
import { personForm } from "../booking/person-form.ts";
import { tagAndSeal } from "../booking/seal.ts";
import { campaign } from "../common/campaign.ts";
import { el } from "../common/el.ts";
import { form } from "../common/form.ts";
import { t } from "../common/language.ts";
import { failure } from "../common/failure.ts";
import { notice } from "../common/page.ts";

/** The form, and what it is for. */
export function sealAgainForm(ticket: Ticket, doses: readonly Dose[], done: () => Promise<void>): HTMLElement {
  const box = notice("warning",
    el("h2", {}, t("Votre rendez-vous a changé de centre", "Your appointment is at another centre now")),
    el("p", {}, t("Le nouveau centre ne sait pas encore qui vient. Redonnez les mêmes réponses qu’à la réservation.",
      "The new centre does not know yet who is coming. Give the same answers as when you booked.")));
  void campaign().then(({ kind }) => {
    const fields = personForm(kind, false);
    const wrong = el("div", {});
    box.append(form(async () => {
      const who = fields.read();
      if (who === null) return;
      await tagAndSeal(who, ticket, doses).then((made) => sealAgain(ticket, made.doses)).then(done)
        .catch((error: unknown) => wrong.replaceChildren(failure(error)));
    }, fields.box, wrong, el("button", { type: "submit", class: "primary" }, t("Chiffrer pour le nouveau centre", "Seal to the new centre"))));
  }, (error: unknown) => box.append(failure(error)));
  return box;
}
