/** Who works here: a token that stays in this page's memory, or a session of the sign-on. */
import { type Asked, ask } from "../common/http.ts";

export interface Me {
  readonly role: string;
  readonly scope: string;
}

let token = "";

/** Whoever a session or this token lets in. */
export async function signIn(typed: string): Promise<Me> {
  token = typed.trim();
  return asStaff<Me>("GET", "/api/staff/me");
}

/** Forget the token, or end the session on the server, too. */
export async function signOut(): Promise<void> {
  if (token === "") await asStaff("DELETE", "/api/staff/session").catch(() => undefined);
  token = "";
}

export function staffHeaders(): Record<string, string> {
  return token === "" ? {} : { authorization: `Bearer ${token}` };
}

export function asStaff<T>(method: string, path: string, asked: Asked = {}): Promise<T> {
  return ask<T>(method, path, { ...asked, headers: { ...staffHeaders(), ...asked.headers } });
}

/** The part of an address that names a centre. */
export function at(centre: string): string {
  return `/api/centres/${encodeURIComponent(centre)}`;
}
