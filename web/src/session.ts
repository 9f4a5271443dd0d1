import type { AuthError } from "@supabase/auth-js";
import { wakeWorker } from "@fitos/sync";
import type { FitosDb } from "./data/db.ts";
import { openDatabase, openProject, openStorage, type Project } from "./device/account.ts";
import { clearCaches } from "./device/caches.ts";
import { forget, remember, type User, watchRemembered } from "./device/remembered.ts";

/** A signed-in user and their database on this device. */
export interface Account extends User {
  readonly db: FitosDb;
}

/** What a person types to sign in. */
export interface Credentials {
  email: string;
  password: string;
}

/**
 * Whose database is open. It changes by signing in and out alone: neither being offline nor a
 * session that ran out closes anything, the engine then says that it waits for a sign-in.
 */
export class Session {
  /** Null while nobody is signed in on this device; undefined until that is known. */
  account: Account | null | undefined;
  /** Ends when the last sign-out has; a sign-in before that would be signed out by it. */
  #leaving: Promise<unknown> = Promise.resolve();
  #endWaking: () => void = () => {};
  #endWatching: () => void = () => {};
  readonly #storage;
  readonly #supabase;
  readonly #project: Project;
  readonly #workerReady: Parameters<typeof wakeWorker>[1] | null;
  readonly #changed: () => void;

  /** `workerReady` is null on a page of others, whose worker and caches are none of FitOS's. */
  constructor(
    project: Project,
    workerReady: Parameters<typeof wakeWorker>[1] | null,
    changed: () => void,
  ) {
    this.#project = project;
    this.#workerReady = workerReady;
    this.#changed = changed;
    this.#storage = openStorage(project);
    this.#supabase = openProject(project, this.#storage);
  }

  /** Opens the database of the remembered user, online or not, and follows the other tabs. */
  start(): void {
    this.#endWatching = watchRemembered(this.#storage, (user) => {
      if (this.account === undefined || user?.id !== this.account?.id) void this.#switch(user);
    });
  }

  /** Closes everything on this page; the person stays signed in on the device. */
  async close(): Promise<void> {
    this.#endWatching();
    await this.#switch(null);
    await this.#supabase.auth.dispose();
    await this.#supabase.realtime.disconnect();
    this.#storage.close();
  }

  /** Answers what stood in the way, for a person, or null when signed in. */
  async signIn(credentials: Credentials): Promise<string | null> {
    await this.#leaving;
    const { data, error } = await this.#supabase.auth.signInWithPassword(credentials);
    if (error) return inWords(error);
    await this.#enter({ id: data.user.id, email: credentials.email });
    return null;
  }

  /** Creates an account and signs in to it; answers as `signIn`. */
  async signUp(name: string, credentials: Credentials): Promise<string | null> {
    await this.#leaving;
    const { data, error } = await this.#supabase.auth.signUp({
      ...credentials,
      options: { data: { display_name: name } },
    });
    if (error) return inWords(error);
    if (!data.user || !data.session) {
      return "Your account is made. Follow the link in the e-mail we sent, then sign in.";
    }
    await this.#enter({ id: data.user.id, email: credentials.email });
    await this.account?.db.profiles.put({ id: data.user.id, display_name: name });
    return null;
  }

  /** Leaves the account. Its database stays on this device, where nobody has deleted it before. */
  async signOut(): Promise<void> {
    await forget(this.#storage);
    if (this.#workerReady) await clearCaches();
    await this.#switch(null);
    // `local` forgets the session before it asks the server, so it works without a network; the
    // server's answer changes nothing here.
    this.#leaving = this.#supabase.auth.signOut({ scope: "local" });
    await this.#leaving;
  }

  async #enter(user: User) {
    await remember(this.#storage, user);
    if (this.account?.id !== user.id) await this.#switch(user);
    // Some browsers ask the person: the moment is one at which they want their data here.
    void this.account?.db.sync.persist();
    this.#changed();
  }

  /** Closes one database for good before another is opened: an instance never changes its user. */
  async #switch(user: User | null) {
    const former = this.account;
    this.#endWaking();
    this.account = user ? this.#open(user) : null;
    this.#changed();
    if (!former) return;
    await former.db.sync.disconnect();
    former.db.close({ disableAutoOpen: true });
  }

  #open(user: User): Account {
    const db = openDatabase(user.id, this.#supabase, this.#project);
    if (this.#workerReady) this.#endWaking = wakeWorker(db.sync, this.#workerReady);
    return { ...user, db };
  }
}

function inWords(error: AuthError): string {
  if (error.name === "AuthRetryableFetchError") {
    return "The server can't be reached. Signing in needs a network; try again when there is one.";
  }
  if (error.code === "invalid_credentials") return "That e-mail and password don't match.";
  return error.message;
}
