/** A QR code, drawn here: what it holds goes nowhere. */
import { encode } from "uqr";

import { el } from "./el.ts";

const PIXELS = 6;
const EDGE = 4;

export function qrCode(text: string, label: string): HTMLCanvasElement {
  const { data, size } = encode(text, { ecc: "M", border: EDGE });
  const canvas = el("canvas", {
    class: "qr", width: size * PIXELS, height: size * PIXELS, role: "img", "aria-label": label,
  });
  const pen = canvas.getContext("2d");
  if (pen === null) return canvas;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#000";
  data.forEach((row, y) => row.forEach((dark, x) => {
    if (dark) pen.fillRect(x * PIXELS, y * PIXELS, PIXELS, PIXELS);
  }));
  return canvas;
}
