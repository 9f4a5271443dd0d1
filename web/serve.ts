/** Serves a folder of built files as any static host would, with a policy and sensible caching. */
import { extname, join } from "node:path";

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/**
 * A request handler for the files in `folder`. Files under `assets/` carry a hash in their names
 * and are cached for ever, all others are revalidated by ETag; an unknown page gets `index.html`.
 * What is under `embed/` is for pages of any origin, and starts without a network too.
 */
export function staticFiles(
  folder: string,
  policy: string,
): (request: Request) => Promise<Response> {
  const always = {
    "content-security-policy": `${policy}; frame-ancestors 'none'`,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
  return async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return new Response("Only GET and HEAD", { status: 405, headers: { allow: "GET, HEAD" } });
    }
    const name = fileName(request.url);
    const file = name === null ? null : await read(folder, name);
    const found = file ?? (wantsPage(request) ? await read(folder, "index.html") : null);
    if (!found) return new Response("Not found", { status: 404, headers: always });
    const headers = {
      ...always,
      etag: found.etag,
      vary: "accept-encoding",
      "content-type": found.type,
      "cache-control": file && name ? cacheControl(name) : "no-cache",
      ...(name?.startsWith("embed/") ? EMBEDDED : {}),
    };
    if (request.headers.get("if-none-match") === found.etag) {
      return new Response(null, { status: 304, headers });
    }
    if (request.method === "HEAD") return new Response(null, { headers });
    if (!isText(found.type) || !takesGzip(request)) return new Response(found.bytes, { headers });
    const zipped = new Blob([found.bytes]).stream().pipeThrough(new CompressionStream("gzip"));
    return new Response(zipped, { headers: { ...headers, "content-encoding": "gzip" } });
  };
}

/** A module of another origin is asked for by CORS, whatever the page. */
const EMBEDDED = {
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
};

function cacheControl(name: string): string {
  if (/^(embed\/)?assets\//.test(name)) return "public, max-age=31536000, immutable";
  // Used at once for a week, and renewed behind it: without a network nothing could be asked.
  if (name.startsWith("embed/")) return "public, max-age=300, stale-while-revalidate=604800";
  return "no-cache";
}

/** The path inside the folder; null for one that names no file of the build. */
function fileName(url: string): string | null {
  const path = new URL(url).pathname.slice(1) || "index.html";
  return /^[\w.-]+(\/[\w.-]+)*$/.test(path) && !path.split("/").some((part) => part.startsWith("."))
    ? path
    : null;
}

function wantsPage(request: Request): boolean {
  return request.headers.get("accept")?.includes("text/html") ?? false;
}

/** Fonts and pictures are packed already. */
function isText(type: string): boolean {
  return /^text\/|json|svg/.test(type);
}

function takesGzip({ headers }: Request): boolean {
  return /\bgzip\b/.test(headers.get("accept-encoding") ?? "");
}

async function read(folder: string, name: string) {
  const type = TYPES[extname(name)];
  if (!type) return null;
  try {
    const bytes = await Deno.readFile(join(folder, name));
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return { bytes, type, etag: `W/"${hash.toHex().slice(0, 32)}"` };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
