// The static pages: one frame (page.html), and what each of them says by itself.
const ENCRYPTS = "Cette page chiffre votre identité sur votre appareil : elle a besoin de JavaScript. Sans JavaScript, prenez rendez-vous par téléphone auprès d’un centre. <span lang=\"en\">This page encrypts your identity on your device and needs JavaScript. Without it, book by telephone with a centre.</span>";

/** By name: the title, and what somebody without JavaScript reads. */
export const PAGES = {
  accueil: { title: "Vaccination : rendez-vous", without: ENCRYPTS },
  "rendez-vous": { title: "Prendre rendez-vous", without: ENCRYPTS },
  centre: {
    title: "Le centre",
    without: "Cette page déchiffre la liste du jour sur cet ordinateur : elle a besoin de JavaScript.",
  },
  telephone: {
    title: "Rendez-vous par téléphone",
    without: "Cette page chiffre l’identité de l’appelant sur cet ordinateur : elle a besoin de JavaScript.",
  },
};

/** A page in the frame, its files still named by their entries. */
export function framed(frame, name) {
  const { title, without } = PAGES[name];
  return frame.replaceAll("{title}", title).replace("{without}", without).replace("{name}", name);
}
