/** Every refusal a page may meet, in words that say what to do. */
import type { ProblemError } from "./http.ts";
import { t } from "./language.ts";

const TEXTS: Readonly<Record<string, readonly [string, string]>> = {
  "slot-full": ["Ce créneau vient d’être pris. Choisissez-en un autre.",
    "This place has just been taken. Choose another."],
  "slot-gone": ["Ce créneau n’existe plus. Choisissez-en un autre.",
    "This slot is no longer there. Choose another."],
  "quota-exhausted": ["Les doses réservées à votre département et à votre situation sont épuisées cette semaine dans ce centre.",
    "The doses kept for your département and situation are used up for this week at this centre."],
  "not-eligible": ["La vaccination n’est pas encore ouverte à votre situation à cette date.",
    "Vaccination is not yet open to your situation on that day."],
  "wrong-interval": ["L’écart entre les deux doses n’est pas permis pour ce vaccin.",
    "The interval between the two doses is not allowed for this vaccine."],
  "hold-expired": ["Le temps de réservation est écoulé : le créneau est de nouveau libre. Recommencez.",
    "Your time is over: the place is free again. Start once more."],
  "already-booked": ["Un rendez-vous existe déjà pour cette personne. Déplacez-le ou annulez-le avec son reçu.",
    "This person already has an appointment. Move or cancel it with its receipt."],
  "booking-not-live": ["Ce rendez-vous est annulé.", "This appointment is cancelled."],
  "dose-settled": ["Cette dose est déjà faite, manquée ou annulée.",
    "This dose was already given, missed or cancelled."],
  "not-found": ["Rien n’a été trouvé : lien incomplet, accès terminé ou rendez-vous effacé.",
    "Nothing was found: incomplete link, ended access, or erased appointment."],
  "waiting-room": ["Beaucoup de monde en ce moment : prenez un ticket en réessayant.",
    "Very busy at the moment: try again to take a ticket."],
  "too-many-requests": ["Beaucoup de monde en ce moment. Réessayez dans quelques secondes.",
    "Very busy at the moment. Try again in a few seconds."],
  "try-again": ["Quelqu’un a été plus rapide au même endroit. Réessayez.",
    "Somebody was faster at the same place. Try again."],
  "too-early": ["Le jour ou l’heure de cette dose n’est pas encore venu.",
    "The day or time of this dose has not come yet."],
  "wrong-dose-state": ["L’état de cette dose a changé : la liste est à relire.",
    "The state of this dose has changed: read the list again."],
  "offer-over": ["Cette proposition est terminée.", "This offer is over."],
};

export function problemText(problem: ProblemError): string {
  const found = TEXTS[problem.slug];
  if (found !== undefined) return t(...(found as [string, string]));
  if (problem.status === 0) {
    return t("Pas de réponse : vérifiez votre connexion, puis réessayez.",
      "No answer: check your connection, then try again.");
  }
  return t(`Le service a refusé la demande (${problem.slug || problem.status}).`,
    `The service refused the request (${problem.slug || problem.status}).`);
}
