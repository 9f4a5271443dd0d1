/** Sample pages of other people's sites with the widget in them, served from an origin of their own. */
import { join } from "node:path";

export interface Hosts {
  /** Where FitOS is served from. */
  fitos: string;
  /** The Supabase project and its publishable key. */
  project: string;
  key: string;
}

/**
 * The strictest policy under which the widget works: the two sources of its script and its data, and the
 * name of its one Trusted Types policy. The page's own needs come on top.
 */
export function strictPolicy({ fitos, project }: Pick<Hosts, "fitos" | "project">): string {
  const api = new URL(project).origin;
  return [
    "default-src 'none'",
    `script-src ${new URL(fitos).origin}`,
    `connect-src ${api} ${api.replace(/^http/, "ws")}`,
    "require-trusted-types-for 'script'",
    "trusted-types fitos-widget",
    // The page's own.
    "style-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

const FOLDER = join(import.meta.dirname!, "hosts");
const TYPES: { [extension: string]: string } = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
};

/** A request handler for the pages in `hosts/`, in which %FITOS%, %PROJECT% and %KEY% stand for these. */
export function hostPages(hosts: Hosts): (request: Request) => Promise<Response> {
  return async ({ url }) => {
    const name = new URL(url).pathname.slice(1) || "index.html";
    if (name === "favicon.ico") return new Response(null, { status: 204 });
    const [, extension] = name.match(/^[a-z]+\.(html|css)$/) ?? [];
    if (!extension) return new Response("Not found", { status: 404 });
    let text: string;
    try {
      text = await Deno.readTextFile(join(FOLDER, name));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return new Response("Not found", { status: 404 });
      throw error;
    }
    const filled = text.replaceAll("%FITOS%", hosts.fitos).replaceAll("%PROJECT%", hosts.project)
      .replaceAll("%KEY%", hosts.key);
    return new Response(filled, {
      headers: {
        "content-type": TYPES[extension]!,
        "cache-control": "no-cache",
        ...(name === "strict.html" ? { "content-security-policy": strictPolicy(hosts) } : {}),
      },
    });
  };
}
