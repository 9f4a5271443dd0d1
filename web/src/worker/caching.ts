/**
 * What the service worker may answer from a cache. A cache knows no users: whatever bore a user's
 * token is neither stored nor answered from it.
 */

/** How requests to the Supabase project are answered. */
export type Caching =
  /** The network first; what was stored an hour ago at most, where it takes 5 seconds or fails. */
  | "freshness"
  /** What was stored first: files that everybody may read, such as pictures of exercises. */
  | "performance";

/** The project whose answers may be stored, and the key that every visitor has. */
export interface Project {
  url: string;
  key: string;
}

const PUBLIC_FILES = /^\/storage\/v1\/(object|render\/image)\/public\//;
const PUBLIC_ROWS = /^\/rest\/v1\//;

/** Null for what always goes to the network: signing in, syncing, and all that is a user's own. */
export function cachingOf(request: Request, project: Project): Caching | null {
  const url = new URL(request.url);
  if (url.origin !== new URL(project.url).origin || !isPublic(request, project.key)) return null;
  if (PUBLIC_FILES.test(url.pathname)) return "performance";
  return PUBLIC_ROWS.test(url.pathname) ? "freshness" : null;
}

/** Whether an answer may be stored: a whole one, which its sender lets everybody keep. */
export function isStorable(response: Response): boolean {
  const control = response.headers.get("cache-control") ?? "";
  const vary = response.headers.get("vary") ?? "";
  return response.status === 200 && !/no-store|private/i.test(control) &&
    !/\*|authorization|cookie/i.test(vary);
}

/**
 * The answer, saying when it was stored. Workbox tells its age by that; another origin's own `Date` is not to be
 * read, and without one every use would make it young again.
 */
export function dated(response: Response, now: number): Response {
  const headers = new Headers(response.headers);
  headers.set("date", new Date(now).toUTCString());
  const { body, status, statusText } = response;
  return new Response(body, { status, statusText, headers });
}

function isPublic({ method, url, headers, credentials }: Request, key: string): boolean {
  const { searchParams } = new URL(url);
  const isKeyAtMost = (value: string | null) => value === null || value === key;
  return method === "GET" && credentials !== "include" && !headers.has("range") &&
    isKeyAtMost(headers.get("authorization")?.replace(/^bearer /i, "") ?? null) &&
    isKeyAtMost(headers.get("apikey")) && isKeyAtMost(searchParams.get("apikey")) &&
    !searchParams.has("token") && !searchParams.has("access_token");
}
