/** The whole project as its users meet it: gateway, Auth, REST and functions before the database. */
import { startStack } from "../../packages/stack/src/mod.ts";
import { binaries } from "./binaries.ts";

export type Person = {
  id: string;
  token: string;
  /** POST with the person's token; a string is sent as it is. */
  post(path: string, body: BodyInit | object, headers?: Record<string, string>): Promise<Response>;
  // deno-lint-ignore no-explicit-any
  rpc(name: "sync_pull" | "sync_changes", request: unknown): Promise<any>;
};

export async function startProject() {
  const dataDir = await Deno.makeTempDir({ prefix: "fitos-promises-" });
  // Readable for the system's `postgres` user, as whom PostgreSQL runs where the caller is root.
  await Deno.chmod(dataDir, 0o755);
  const root = new URL("../..", import.meta.url).pathname;
  const ports = { api: 0, db: 0 };
  const stack = await startStack({ root, dataDir, ports, durable: false, binaries });

  const post = (token: string | null) =>
  (
    path: string,
    body: BodyInit | object,
    headers: Record<string, string> = {},
  ) =>
    fetch(`${stack.apiUrl}${path}`, {
      method: "POST",
      body: isObject(body) ? JSON.stringify(body) : body,
      headers: {
        apikey: stack.publishableKey,
        "content-type": "application/json",
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
    });

  return {
    stack,
    /** As somebody who holds this token, or none. */
    post,
    async signUp(): Promise<Person> {
      const email = `${crypto.randomUUID()}@example.com`;
      const response = await post(null)("/auth/v1/signup", { email, password: "correct horse" });
      const { access_token: token, user } = await response.json();
      return {
        id: user.id,
        token,
        post: post(token),
        async rpc(name, request) {
          return await (await post(token)(`/rest/v1/rpc/${name}`, { request })).json();
        },
      };
    },
    async stop() {
      await stack.stop();
      await Deno.remove(dataDir, { recursive: true });
    },
  };
}

const isObject = (body: BodyInit | object): body is object =>
  typeof body === "object" && Object.getPrototypeOf(body) === Object.prototype;
