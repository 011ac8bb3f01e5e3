// A publication under way: the page is drawn anew by the server when it has ended.
const EVERY_MS = 700;

export async function watchPublication(place: HTMLElement): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    const state = await fetch(place.dataset["state"] ?? "")
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null);
    if (state?.status === "done" || state?.status === "failed") {
      location.reload();
      return;
    }
  }
}
