/** Asking this installation, and no other. */

/** A refusal of the server, RFC 9457; `slug` is empty where nobody answered. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  readonly slug: string;

  constructor(status: number, slug: string) {
    super(slug || "no answer");
    this.status = status;
    this.slug = slug;
  }
}

export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Ask, and give the answer's body read as JSON; null for an empty one. */
export async function ask<T>(method: string, path: string, asked: Asked = {}): Promise<T> {
  return JSON.parse(await text(method, path, asked) || "null") as T;
}

/** A public file; its text is kept as it is. */
export function read(path: string): Promise<string> {
  return text("GET", path, {});
}

async function text(method: string, path: string, { headers = {}, body }: Asked): Promise<string> {
  const init: RequestInit = {
    method, headers: { ...headers, ...(body === undefined ? {} : JSON_BODY) },
    cache: method === "GET" ? "no-cache" : "no-store", referrerPolicy: "no-referrer",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const response = await fetch(path, init).catch(() => {
    throw new ProblemError(0, "");
  });
  const answer = await response.text();
  if (!response.ok) throw new ProblemError(response.status, slugOf(answer));
  return answer;
}

const JSON_BODY = { "content-type": "application/json" };

function slugOf(answer: string): string {
  try {
    const { type } = JSON.parse(answer) as { type?: unknown };
    return typeof type === "string" ? type.replace("/problems/", "") : "";
  } catch {
    return "";
  }
}

/** A code as part of a public file's name, as docs/feeds.md has it. */
export function safeName(code: string): string {
  return code.replace(/^\.|[^A-Za-z0-9_.-]/gu, (found) =>
    Array.from(new TextEncoder().encode(found),
      (byte) => `~${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""));
}
