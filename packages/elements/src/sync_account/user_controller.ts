import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { AccountAuth, AccountUser } from "./auth.ts";

type Host = ReactiveControllerHost & { readonly auth: AccountAuth | undefined };

/** Who is signed in, as auth says it; undefined until it has. */
export class UserController implements ReactiveController {
  user: AccountUser | null | undefined;
  #isConnected = false;
  #auth: AccountAuth | undefined;
  #unsubscribe: (() => void) | undefined;
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#isConnected = true;
    this.#follow();
  }

  hostUpdate(): void {
    if (this.#isConnected && this.#auth !== this.#host.auth) this.#follow();
  }

  hostDisconnected(): void {
    this.#isConnected = false;
    this.#unsubscribe?.();
    this.#auth = this.#unsubscribe = undefined;
  }

  #follow() {
    this.#unsubscribe?.();
    this.#auth = this.#host.auth;
    const subscribed = this.#auth?.onAuthStateChange((event, session) => {
      // A session that could not be refreshed is no sign-out.
      if (!session && event !== "SIGNED_OUT" && event !== "INITIAL_SESSION") return;
      this.user = session?.user ?? null;
      this.#host.requestUpdate();
    });
    this.#unsubscribe = () => subscribed?.data.subscription.unsubscribe();
  }
}
