// `/auth/v1` and `/rest/v1`: GoTrue- and PostgREST-compatible HTTP by @supabase/lite, over two connections
// with the platform's own roles, so that neither service can do more here than there.
import { App } from "@supabase/lite";
import { PostgresConnection } from "@supabase/lite/postgres";
import { sql } from "kysely";
import type { Config } from "./config.ts";
import type { Keys } from "./keys.ts";
import { asPostgrest } from "./postgrest_errors.ts";
import type { Postgres } from "./postgres.ts";

export type AuthAndRest = {
  auth(request: Request): Promise<Response>;
  rest(request: Request): Promise<Response>;
  /** After DDL: PostgREST's `NOTIFY pgrst, 'reload schema'`. */
  reloadSchema(): void;
  close(): Promise<void>;
};

export function serveAuthAndRest(
  { server, config, keys, apiUrl }: {
    server: Postgres;
    config: Config;
    keys: Keys;
    apiUrl: string;
  },
): AuthAndRest {
  const catalog = new PostgresConnection({ url: server.adminUrl, postgresOptions: { max: 1 } });
  const authConnection = new Connection(server.urlOf("postgres", "supabase_auth_admin"), catalog);
  const authenticator = server.urlOf("postgres", "authenticator");
  const userConnection = new Connection(authenticator, catalog);
  // PostgREST takes a role's statement_timeout along with the role, lite does not. The connection's own
  // limit (authenticator's 8 s) is right for authenticated; anon gets a connection with its 3 s.
  const anonConnection = new Connection(authenticator, catalog, { statement_timeout: 3_000 });
  const settings = {
    api: {
      schemas: config.api.schemas,
      max_rows: config.api.max_rows,
      external_url: apiUrl,
    },
    auth: {
      enabled: true,
      jwt_secret: keys.jwtSecret,
      jwt_expiry: config.auth.jwt_expiry,
      publishable_key: keys.publishableKey,
      secret_key: keys.secretKey,
      site_url: config.auth.site_url,
      enable_signup: config.auth.enable_signup,
      minimum_password_length: config.auth.minimum_password_length,
    },
  };
  // Admin mode would let a request without a key run as service_role.
  const options = { server: { admin: false } };
  const auth = new App({ connection: authConnection, ...settings, options });
  const restForUsers = new App({
    connection: userConnection,
    ...settings,
    options: { server: { admin: false, middlewares: [leaveSessionAlone] } },
  });
  const restForAnon = new App({ connection: anonConnection, ...settings, options });

  return {
    auth: (request) => auth.fetch(request),
    rest(request) {
      const token = userToken(request);
      // lite would take a bearer that is no token at all for nobody, and answer as anon.
      if (token && token.split(".").length !== 3) {
        return Promise.resolve(
          Response.json({
            code: "PGRST301",
            message: `Expected 3 parts in JWT; got ${token.split(".").length}`,
            details: null,
            hint: null,
          }, { status: 401 }),
        );
      }
      const isAnon = !token && request.headers.get("apikey") !== keys.secretKey;
      return (isAnon ? restForAnon : restForUsers).fetch(request);
    },
    reloadSchema() {
      userConnection.forgetSchema();
      anonConnection.forgetSchema();
    },
    async close() {
      const connections = [catalog, authConnection, userConnection, anonConnection];
      // A limit, since a connection under way to a database that was killed never ends by itself.
      await Promise.all(connections.map(({ driver }) => driver.end({ timeout: 1 })));
    },
  };
}

/**
 * lite looks a token's user and session up in `auth` before each request, PostgREST trusts the signature
 * (and authenticator may not read `auth`). With these two set it does not ask; the REST handler then puts
 * the verified token's own values in their place.
 */
const leaveSessionAlone: Middleware = async (context, next) => {
  if (userToken(context.req.raw)) {
    context.set("userId", "unverified");
    context.set("sessionId", "unverified");
  }
  await next();
};
type Middleware = NonNullable<
  NonNullable<NonNullable<IAppOptions>["server"]>["middlewares"]
>[number];
type IAppOptions = ConstructorParameters<typeof App>[0]["options"];

/** The bearer token, unless it is one of the API keys, which supabase-js sends when nobody is signed in. */
function userToken(request: Request): string | undefined {
  const token = /^Bearer (.*)$/i.exec(request.headers.get("authorization") ?? "")?.[1]?.trim();
  return token === undefined || token.startsWith("sb_") ? undefined : token;
}

/** A connection of lite's, with five of its habits brought to the platform's. */
class Connection extends PostgresConnection {
  private schema: ReturnType<PostgresConnection["introspect"]> | undefined;

  /** `catalog` reads the schema: lite asks views that show a role only what it may touch. */
  constructor(
    url: string,
    private catalog: PostgresConnection,
    session: { statement_timeout?: number } = {},
  ) {
    const types = { json: jsonType(114), jsonb: jsonType(3802) };
    super({
      url,
      postgresOptions: { max: 10, connection: session, types, onnotice: () => undefined },
    });
    // On its first request lite would grant everything in every schema that has a table with RLS to anon,
    // authenticated and service_role. This is the state it has after that, so it never does.
    Object.assign(this, { rlsState: "active" });
  }

  override introspect() {
    return this.schema ??= this.catalog.introspect();
  }

  forgetSchema() {
    this.schema = undefined;
  }

  /**
   * A transaction begins and is told of its request in one round trip: lite sends up to twelve statements, two
   * round trips each, which made a call of 1 ms take 5.
   */
  override withContext<T>(
    vars: Vars | undefined,
    work: (db: Database) => Promise<T>,
    options: ContextOptions = {},
  ): Promise<T> {
    const { rpc, transaction, forceRollback } = options;
    // A write that its caller wants only tried (`Prefer: tx=rollback`) ends by an error of lite's own.
    if (transaction || forceRollback || !vars) return super.withContext(vars, work, options);
    return this.kysely.connection().execute(async (db) => {
      const settings = Object.entries({ ...userSettings(vars), ...rpc && requestSettings(rpc) });
      // Literals, since a statement with parameters takes a round trip more, to be described.
      const calls = settings.map(([name, value]) =>
        sql`set_config(${sql.lit(name)}, ${sql.lit(value)}, true)`
      );
      try {
        await sql`begin; select ${sql.join(calls)}`.execute(db);
        const result = await work(db);
        await sql`commit`.execute(db);
        return result;
      } catch (error) {
        // Where the connection has ended, so has the transaction; what is told is the first error.
        await sql`rollback`.execute(db).catch(() => {});
        throw error;
      }
    });
  }

  override normalizeDbError(error: unknown) {
    return asPostgrest(error);
  }
}

type Context = Parameters<PostgresConnection["withContext"]>;
type Vars = NonNullable<Context[0]>;
type Database = Parameters<Context[1]>[0];
type ContextOptions = NonNullable<Context[2]>;

function userSettings({ auth }: Vars): Record<string, string> {
  const { role, uid, jwt } = auth as { role: string; uid: string | null; jwt: object | null };
  return {
    role,
    "request.jwt.claim.sub": uid ?? "",
    "request.jwt.claim.role": role,
    "request.jwt.claims": JSON.stringify(jwt ?? { role }),
  };
}

function requestSettings(
  { method, path, readOnly, requestHeaders = {} }: NonNullable<ContextOptions["rpc"]>,
): Record<string, string> {
  return {
    "response.status": "",
    "response.headers": "",
    "request.method": method,
    "request.path": path,
    "request.headers": JSON.stringify(requestHeaders),
    ...readOnly && { transaction_read_only: "on" },
  };
}

/**
 * lite turns JSON arguments into text and its driver would turn that text into a JSON string. So text that
 * is JSON already goes as it is. The price: a string argument that happens to be JSON text, for a json
 * parameter, arrives as what it spells.
 */
const jsonType = (oid: number) => ({
  to: oid,
  from: [oid],
  serialize: (value: unknown) =>
    typeof value === "string" && isJson(value) ? value : JSON.stringify(value),
  parse: (text: string) => JSON.parse(text),
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Not JSON is the answer here, not a failure.
    return false;
  }
}
