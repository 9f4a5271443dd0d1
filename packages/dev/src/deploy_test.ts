/** The push function as the Supabase CLI deploys it: what is uploaded is all that it needs. */
import { startStack } from "@fitos/stack";
import { assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { ROOT } from "./check.ts";

const PROJECT = "abcdefghijklmnopqrst";

Deno.test("sync-push runs from nothing but the files that the CLI uploads", async () => {
  const folder = await Deno.makeTempDir({ prefix: "fitos-deploy-" });
  await Deno.chmod(folder, 0o755);
  const files = await deploy(folder);
  assertEquals(files.has("supabase/functions/sync-push/index.ts"), true);
  assertEquals(files.has("packages/protocol/src/mod.ts"), true);

  const laidOut = join(folder, "deployed");
  for (const [path, text] of files) {
    await Deno.mkdir(dirname(join(laidOut, path)), { recursive: true });
    await Deno.writeTextFile(join(laidOut, path), text);
  }
  // The platform fetches npm packages; here the exact versions installed stand in for them.
  await Deno.symlink(join(ROOT, "node_modules"), join(laidOut, "node_modules"));

  const stack = await startStack({
    root: ROOT,
    dataDir: join(folder, "stack"),
    ports: { api: 0, db: 0 },
    durable: false,
  });
  let served: Awaited<ReturnType<typeof serve>> | undefined;
  try {
    served = await serve(laidOut, {
      SUPABASE_URL: stack.apiUrl,
      SUPABASE_DB_URL: stack.dbUrl,
      SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: stack.publishableKey }),
      SUPABASE_JWKS: JSON.stringify({ keys: [] }),
    });
    const headers = { apikey: stack.publishableKey, "content-type": "application/json" };
    const signedUp = await fetch(`${stack.apiUrl}/auth/v1/signup`, {
      method: "POST",
      headers,
      body: JSON.stringify({ email: "ann@example.com", password: "correct horse" }),
    });
    const { access_token: token } = await signedUp.json();
    const authorization = `Bearer ${token}`;
    const id = crypto.randomUUID();
    const values = { id, title: "Legs", scheduled_for: "2026-11-23" };
    const mutation = { n: 1, table: "workouts", op: "insert", key: [id], values, clock: 1 };
    const pushed = await fetch(`${served.url}/sync-push`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ protocol: 1, client: crypto.randomUUID(), mutations: [mutation] }),
    });
    const { outcomes } = await pushed.json();
    assertEquals([pushed.status, outcomes], [200, [{ n: 1, code: "applied" }]]);

    const stored = await fetch(`${stack.apiUrl}/rest/v1/workouts?select=id,title`, {
      headers: { ...headers, authorization },
    });
    assertEquals(await stored.json(), [{ id, title: "Legs" }]);
  } finally {
    await served?.stop();
    await stack.stop();
    await Deno.remove(folder, { recursive: true });
  }
});

/** Deploys with the CLI to a stand-in for the Management API; answers the uploaded files by path. */
async function deploy(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const asked: string[] = [];
  const api = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => undefined },
    async (request) => {
      const { pathname } = new URL(request.url);
      asked.push(`${request.method} ${pathname}`);
      if (request.method === "GET" && pathname === `/v1/projects/${PROJECT}/functions`) {
        return Response.json([]);
      }
      if (request.method !== "POST" || pathname !== `/v1/projects/${PROJECT}/functions/deploy`) {
        return Response.json({ message: `the stand-in knows no ${pathname}` }, { status: 404 });
      }
      const form = await request.formData();
      for (const file of form.getAll("file")) {
        if (file instanceof File) files.set(file.name, await file.text());
      }
      return Response.json({
        ...{ id: "1", slug: "sync-push", name: "sync-push", status: "ACTIVE", version: 1 },
        ...{ created_at: 0, updated_at: 0, verify_jwt: false },
        entrypoint_path: "index.ts",
      }, { status: 201 });
    },
  );
  const url = `http://127.0.0.1:${api.addr.port}`;
  const profile = join(folder, "profile.yaml");
  await Deno.writeTextFile(
    profile,
    `name: stand-in\napi_url: ${url}\ndashboard_url: ${url}\nproject_host: example.com\n`,
  );
  try {
    const { success, stdout, stderr } = await new Deno.Command(
      join(ROOT, "node_modules/.bin/supabase"),
      {
        args: [
          ...["functions", "deploy", "sync-push", "--use-api", `--remote=${PROJECT}`],
          ...["--profile", profile, "--yes"],
        ],
        cwd: ROOT,
        env: {
          SUPABASE_ACCESS_TOKEN: `sbp_${"0123456789".repeat(4)}`,
          SUPABASE_TELEMETRY_DISABLED: "1",
          DO_NOT_TRACK: "1",
        },
      },
    ).output();
    const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
    if (!success) throw new Error(`functions deploy: ${said}\n${asked.join("\n")}`);
    return files;
  } finally {
    await api.shutdown();
  }
}

/** Serves the function from a folder that holds nothing else of the repository. */
async function serve(root: string, env: Record<string, string>) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--allow-net", "--allow-env", `--allow-read=${root}`],
      ...["--node-modules-dir=manual", "--no-lock", "supabase/functions/sync-push/index.ts"],
    ],
    cwd: root,
    env: { ...env, DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0", NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (true) {
    const url = said.match(/Listening on (http:\S+?)\/?\s/)?.[1];
    if (url) return { url, stop };
    const { done, value } = await reader.read();
    if (done) throw new Error(`the deployed function did not start:\n${said}`);
    said += value;
  }

  async function stop() {
    child.kill("SIGKILL");
    await reader.cancel();
    await child.status;
  }
}
