import { join } from "node:path";
import { canReach, serverUser } from "./os_user.ts";

/**
 * Where the project in `root` keeps its local data: `<root>/.local/stack`. A clone in a closed folder such
 * as /root cannot keep it there when root runs the stack, since PostgreSQL then runs as another user; its
 * data is in /var/tmp, in a folder of the clone's own.
 */
export async function defaultDataDir(root: string): Promise<string> {
  const inside = join(root, ".local", "stack");
  if (await canReach(inside, await serverUser())) return inside;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(root));
  return join("/var/tmp", `fitos-stack-${new Uint8Array(digest).toHex().slice(0, 12)}`);
}
