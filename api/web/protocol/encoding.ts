/** Bytes without doubt: what is hashed, signed or bound has one form, and text has one too. */
import { Refused } from "./refusal.ts";

/** Bytes that no other memory is shared with: what the browser's cryptography takes. */
export type Bytes = Uint8Array<ArrayBuffer>;
export type Members = Record<string, unknown>;

const MOST_FIELD_BYTES = 0xffff;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const LONE_SURROGATE = /[\ud800-\udfff]/u;
const BASE64URL = /^[A-Za-z0-9_-]*$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** UTF-8 of a text; a lone surrogate, which has none, is refused. */
export function utf8(text: string): Bytes {
  if (LONE_SURROGATE.test(text)) throw new Refused("a text is not well-formed Unicode");
  return new TextEncoder().encode(text);
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function uint16(number: number): Bytes {
  return Uint8Array.of(number >> 8, number & 0xff);
}

export function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

/**
 * Join fields so that no two lists of fields give the same bytes: each stands behind its length.
 * The label says what the bytes are for and keeps one use apart from all others.
 */
export function frame(label: string, ...fields: readonly (string | Uint8Array)[]): Bytes {
  const parts = [label, ...fields].map((field) =>
    typeof field === "string" ? utf8(field) : field,
  );
  if (parts.some((part) => part.length > MOST_FIELD_BYTES)) {
    throw new Refused("a field is longer than 65535 bytes");
  }
  return concat(...parts.flatMap((part) => [uint16(part.length), part]));
}

/** A text of `least` to `most` characters without control characters; others are refused. */
export function plainText(what: string, value: unknown, most: number, least = 1): string {
  if (typeof value !== "string") throw new Refused(`${what} is not a text`);
  utf8(value);
  if (CONTROL.test(value)) throw new Refused(`${what} has a control character`);
  const length = [...value].length;
  if (length < least || length > most) {
    throw new Refused(`${what} has ${least} to ${most} characters`);
  }
  return value;
}

export function toBase64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Bytes of a base64url text without padding, in its one canonical form. */
export function fromBase64url(text: string, length?: number): Bytes {
  if (!BASE64URL.test(text) || text.length % 4 === 1) throw new Refused("a value is not base64url");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  if (toBase64url(bytes) !== text) {
    throw new Refused("a value is not base64url in its canonical form");
  }
  if (length !== undefined && bytes.length !== length) {
    throw new Refused(`a value is ${bytes.length} bytes, not ${length}`);
  }
  return bytes;
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Members in the order given, as UTF-8 without blanks. */
export function toJson(members: Members): Bytes {
  return utf8(JSON.stringify(members));
}

/** Members of a JSON object that has all of `keys`, some of `optional` and no others. */
export function fromJson(
  data: Uint8Array,
  keys: readonly string[],
  optional: readonly string[] = [],
): Members {
  const members = jsonObject(data);
  const missing = keys.filter((key) => !Object.hasOwn(members, key)).sort();
  if (missing.length > 0) throw new Refused(`members are missing: ${missing.join(", ")}`);
  if (Object.keys(members).some((key) => !keys.includes(key) && !optional.includes(key))) {
    throw new Refused("there is a member that is not known");
  }
  return members;
}

export function jsonObject(data: Uint8Array): Members {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data));
  } catch {
    throw new Refused("not a JSON document");
  }
  if (!isObject(value)) throw new Refused("not a JSON object");
  return value;
}

export function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(members: Members, key: string): string {
  const value = members[key];
  if (typeof value !== "string") throw new Refused(`${key} is not a text`);
  return value;
}

/** A day written `YYYY-MM-DD`, in no other form, and one that exists. */
export function dayOf(text: string): string {
  if (DAY.test(text)) {
    const [year, month, day] = text.split("-").map(Number) as [number, number, number];
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    if (year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day) return text;
  }
  throw new Refused("a date is no date, or not written YYYY-MM-DD");
}
