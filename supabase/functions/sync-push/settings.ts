// What the platform tells a function by its environment.
import type { JSONWebKeySet } from "jose";

export type Settings = {
  /** The project's address, without a slash at its end. */
  url: string;
  databaseUrl: string;
  jwks: JSONWebKeySet;
  apikey: string;
};

/** @throws when a variable is missing or malformed, naming it: better at the start than in a push. */
export function readSettings(env: (name: string) => string | undefined): Settings {
  const required = (name: string) => {
    const value = env(name);
    if (!value) throw new Error(`the environment variable ${name} is not set`);
    return value;
  };
  const json = (name: string): Record<string, unknown> => {
    try {
      return JSON.parse(env(name) || "{}");
    } catch {
      // Without the cause: the parser's message quotes the text, which may be a key.
      throw new Error(`the environment variable ${name} is not JSON`);
    }
  };
  const { keys = [] } = json("SUPABASE_JWKS");
  if (!Array.isArray(keys)) throw new Error("SUPABASE_JWKS has no list of keys");
  const publishable = json("SUPABASE_PUBLISHABLE_KEYS");
  return {
    url: required("SUPABASE_URL").replace(/\/+$/, ""),
    databaseUrl: required("SUPABASE_DB_URL"),
    jwks: { keys },
    apikey: String(
      publishable.default ?? Object.values(publishable)[0] ?? required("SUPABASE_ANON_KEY"),
    ),
  };
}
