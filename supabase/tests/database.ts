/**
 * Databases for tests: each is a fresh copy of one migrated template, on real PostgreSQL.
 *
 * TEST_ADMIN_URL names a running server (a superuser's url); without it a server is started for the
 * test file and ends with it.
 */
import postgres from "postgres";
import { startPostgres } from "../../packages/stack/src/mod.ts";
import { binaries } from "./binaries.ts";

export type Json = postgres.JSONValue;
export type Sql = postgres.Sql;
export type Transaction = postgres.TransactionSql;

export type Database = {
  /** As the owner, `postgres`. */
  sql: Sql;
  url: string;
  /** As the platform's superuser, for what an application's owner may not do. */
  admin<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** A further connection as the owner, for concurrency; closed with the database. */
  connect(): Sql;
  /** Signs somebody up; answers their id. */
  user(): Promise<string>;
  /** Runs a transaction as a signed-in user: role, claims and RLS as the API sets them. */
  as<T>(user: string, work: (sql: Transaction) => Promise<T>, through?: Sql): Promise<T>;
  close(): Promise<void>;
};

const folder = (name: string) => new URL(`../${name}/`, import.meta.url);

const server = await (async () => {
  const given = Deno.env.get("TEST_ADMIN_URL");
  if (given) return { adminUrl: given, stop: () => Promise.resolve() };
  const root = await Deno.makeTempDir({ prefix: "fitos-database-" });
  await Deno.chmod(root, 0o755);
  const started = await startPostgres({
    dataDir: `${root}/data`,
    port: 0,
    durable: false,
    binaries,
    settings: { max_prepared_transactions: "4" },
  });
  return {
    adminUrl: started.adminUrl,
    async stop() {
      await started.stop();
      await Deno.remove(root, { recursive: true });
    },
  };
})();

Deno.test.afterAll(() => server.stop());

/** A fresh database with the migrations applied, or with what `files` gives instead. */
export async function database(files: "migrations" | "schemas" = "migrations"): Promise<Database> {
  const template = await templateOf(files);
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await onServer((sql) =>
    sql`create database ${sql(name)} template ${sql(template)} owner postgres`
  );
  const url = urlOf(name, "postgres");
  const connections: Sql[] = [];
  const connect = () => {
    const sql = postgres(url, { max: 4, onnotice: () => undefined });
    connections.push(sql);
    return sql;
  };
  const sql = connect();
  return {
    sql,
    url,
    connect,
    admin: (work) => onServer(work, name),
    async user() {
      const id = crypto.randomUUID();
      await sql`insert into auth.users (id, email) values (${id}, ${`${id}@example.com`})`;
      return id;
    },
    as: async <T>(user: string, work: (sql: Transaction) => Promise<T>, through = sql) => {
      const claims = JSON.stringify({ sub: user, role: "authenticated" });
      return await through.begin(async (tx) => {
        await tx`select set_config('request.jwt.claims', ${claims}, true)`;
        await tx`set local role authenticated`;
        return await work(tx);
      }) as T;
    },
    async close() {
      await Promise.all(connections.map((connection) => connection.end({ timeout: 1 })));
      await onServer((admin) => admin`drop database ${admin(name)} with (force)`);
    },
  };
}

/** Runs a test against a fresh database. */
export function withDatabase(work: (db: Database) => Promise<void>): () => Promise<void> {
  return async () => {
    const db = await database();
    try {
      await work(db);
    } finally {
      await db.close();
    }
  };
}

/** The SQL files of `supabase/schemas` or `supabase/migrations`, in the order in which they apply. */
async function sqlOf(files: "migrations" | "schemas"): Promise<string[]> {
  const paths: string[] = [];
  const walk = async (at: URL) => {
    for await (const entry of Deno.readDir(at)) {
      if (entry.isDirectory) await walk(new URL(`${entry.name}/`, at));
      else if (entry.name.endsWith(".sql")) paths.push(new URL(entry.name, at).href);
    }
  };
  await walk(folder(files));
  return await Promise.all(paths.sort().map((path) => Deno.readTextFile(new URL(path))));
}

/** Makes the template once for a server and a content, however many test processes ask at once. */
async function templateOf(files: "migrations" | "schemas"): Promise<string> {
  const texts = await sqlOf(files);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(texts.join("\0")));
  const name = `${files}_${new Uint8Array(digest).toHex().slice(0, 12)}`;
  await onServer(async (sql) => {
    await sql`select pg_advisory_lock(20261123)`;
    const [found] = await sql`select from pg_database where datname = ${name} and datistemplate`;
    if (found) return;
    await sql`drop database if exists ${sql(name)}`;
    await sql`create database ${sql(name)} template platform_template owner postgres`;
    const owner = postgres(urlOf(name, "postgres"), { max: 1, onnotice: () => undefined });
    try {
      for (const text of texts) await owner.begin((tx) => tx.unsafe(text));
    } finally {
      await owner.end();
    }
    await sql`alter database ${sql(name)} is_template true`;
  });
  return name;
}

async function onServer<T>(work: (sql: Sql) => Promise<T>, name = "postgres"): Promise<T> {
  const url = urlOf(name, new URL(server.adminUrl).username);
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

function urlOf(name: string, role: string): string {
  const url = new URL(server.adminUrl);
  url.pathname = `/${name}`;
  url.username = role;
  return url.href;
}
