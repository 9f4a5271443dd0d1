// The project's secrets, made once and kept beside the data, so that sessions survive a restart.
import { generateApiKey } from "@supabase/lite";
import { SignJWT } from "jose";
import { join } from "node:path";

export type Keys = {
  /** sb_publishable_...: what a browser sends as `apikey`; the role anon. */
  publishableKey: string;
  /** sb_secret_...: a server's; the role service_role. */
  secretKey: string;
  /** Signs and verifies user tokens (HS256). */
  jwtSecret: string;
};

/** Reads `<folder>/keys.json`, or makes it. */
export async function loadKeys(folder: string): Promise<Keys> {
  const path = join(folder, "keys.json");
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const keys: Keys = {
    publishableKey: (await generateApiKey("publishable")).key,
    secretKey: (await generateApiKey("secret")).key,
    jwtSecret: crypto.getRandomValues(new Uint8Array(32)).toHex(),
  };
  await Deno.writeTextFile(path, JSON.stringify(keys, null, 2), { mode: 0o600 });
  return keys;
}

/** The older form of an API key: a token for a role, valid for ten years. */
export function legacyKey(role: "anon" | "service_role", jwtSecret: string): Promise<string> {
  return new SignJWT({ role, iss: "supabase" })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuedAt()
    .setExpirationTime("10y")
    .sign(new TextEncoder().encode(jwtSecret));
}
