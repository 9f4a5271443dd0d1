import { SyncController } from "@fitos/elements/sync-controller.js";
import { html, LitElement, nothing, type PropertyValues } from "lit";
import { today } from "../../src/clock.ts";
import { longDay } from "../../src/data/dates.ts";
import type { Account, Credentials } from "../../src/session.ts";
import { buttons, common } from "../../src/ui/styles.ts";
import type { AccountEvent, StatusEvent } from "./events.ts";
import { setRem } from "./rem.ts";
import { type Share, share } from "./shared.ts";
import { border, layout } from "./styles.ts";
import "@fitos/elements/sync-provider.js";
import "@fitos/elements/sync-status.js";
import "./workouts.ts";

/** What is opened below the heading. */
type Panel = "account" | "problems" | "inspector";

/** Each comes when it is opened. */
const LOAD: Record<Panel, () => Promise<unknown>> = {
  account: () => import("@fitos/elements/sync-account.js"),
  problems: () =>
    Promise.all([
      import("@fitos/elements/sync-conflicts.js"),
      import("@fitos/elements/sync-errors.js"),
    ]),
  inspector: () => import("@fitos/elements/sync-inspector.js"),
};

/** What FitOS's elements tell each other is none of the page's business. */
const INTERNAL = ["sync-signed-out", "sync-decision", "sync-diagnostics"] as const;

/**
 * FitOS's Today on any page: sign in, see today's workout, tick its sets off, with or without a network.
 *
 * @tag fitos-widget
 * @attr project - the address of the Supabase project
 * @attr key - its publishable key
 * @attr scheme - "light" or "dark"; as the page is, where left out
 * @fires {CustomEvent<AccountEvent>} fitos-account - somebody has signed in or out
 * @fires {CustomEvent<SetEvent>} fitos-set - a set was ticked off, or no longer is
 * @fires {CustomEvent<StatusEvent>} fitos-status - how syncing goes has changed
 * @csspart widget - all of it
 * @cssprop --fitos-accent - see the README for the others
 */
export class FitosWidget extends LitElement {
  static override properties = {
    project: { type: String },
    key: { type: String },
    scheme: { type: String, reflect: true },
    day: { state: true },
    panel: { state: true },
    isMissing: { state: true },
  };
  static override styles = [common, buttons, border, layout];

  declare project: string | undefined;
  declare key: string | undefined;
  declare scheme: string | undefined;
  /** @internal */
  declare day: string;
  /** @internal */
  declare panel: Panel | null;
  /** @internal whether what the panel shows can't be loaded now */
  declare isMissing: boolean;

  #share: Share | undefined;
  /** What the page was told last. */
  #told = { account: undefined as string | null | undefined, status: "" };
  readonly #sync = new SyncController(this, () => this.#account?.db.sync);

  constructor() {
    super();
    this.day = today();
    this.panel = null;
    this.isMissing = false;
  }

  protected override createRenderRoot() {
    const root = super.createRenderRoot();
    for (const type of INTERNAL) root.addEventListener(type, (event) => event.stopPropagation());
    return root;
  }

  override connectedCallback() {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.#wake);
    this.#wake();
    // The first time its attributes are read before it is rendered.
    if (this.hasUpdated) this.#join();
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.#wake);
    this.#leave();
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (!changed.has("project") && !changed.has("key")) return;
    this.#leave();
    if (this.isConnected) this.#join();
  }

  override render() {
    const account = this.#account;
    const [weekday, ...date] = longDay(this.day).split(" ");
    return html`
      <div class="widget" part="widget" lang="en" dir="ltr" role="region" aria-labelledby="title">
        <sync-provider class="content" .sync=${account?.db.sync}>
          <header>
            <h2 id="title" tabindex="-1">${weekday} <span>${date.join(" ")}</span></h2>
            ${account ? this.#controls() : nothing}
          </header>
          ${account ? this.#banner() : nothing} ${this.#panel(account)}
          ${account
            ? html`
              <fitos-widget-workouts .account=${account} .day=${this.day}></fitos-widget-workouts>
            `
            : nothing}
          ${this.#share
            ? nothing
            : html`<p role="alert">${
              keepsNothing()
                ? "Your browser keeps nothing for this page, so your training would be lost here. Open FitOS itself instead."
                : "This page does not say which project to show."
            }</p>`}
        </sync-provider>
      </div>
    `;
  }

  protected override firstUpdated() {
    setRem(this.shadowRoot!);
  }

  protected override updated() {
    this.#tell();
    const panel = this.#shown;
    if (panel && !this.isMissing) void this.#load(panel);
  }

  get #account(): Account | null | undefined {
    return this.#share?.session.account;
  }

  /** Who is not signed in sees how to. */
  get #shown(): Panel | null {
    const account = this.#account;
    return account === null ? "account" : account ? this.panel : null;
  }

  #controls() {
    const isOpen = this.panel === "account" || this.panel === "inspector";
    return html`
      <sync-status></sync-status>
      <button type="button" class="button" aria-expanded=${isOpen} aria-controls="panel"
        @click=${() => this.#toggle("account", isOpen)}>Account</button>
    `;
  }

  #banner() {
    const { state, syncErrors = [], trouble } = this.#sync.snapshot ?? {};
    if (state === "signed-out") {
      return this.#warning("account", "Sign in again to sync. Nothing is lost meanwhile.");
    }
    const count = syncErrors.length;
    // The status has but two words for what stands in this device's way.
    if (!count) return state === "attention" ? html`<p role="alert">${trouble}</p>` : nothing;
    return this.#warning(
      "problems",
      `${count === 1 ? "One change needs" : `${count} changes need`} your decision`,
    );
  }

  #warning(panel: Panel, text: string) {
    const isOpen = this.panel === panel;
    return html`
      <button type="button" class="button banner" aria-expanded=${isOpen} aria-controls="panel"
        @click=${() => this.#toggle(panel, isOpen)}>${text}</button>
    `;
  }

  #panel(account: Account | null | undefined) {
    const panel = this.#shown;
    return html`
      <div id="panel" class="panel" ?hidden=${!panel}>
        ${this.isMissing
          ? html`
            <p>This has to be loaded once, and there is no network.</p>
            <button type="button" class="button" @click=${() => this.isMissing = false}>
              Try again
            </button>
          `
          : panel === "account"
          ? html`
            <sync-account .user=${account} .signIn=${this.#signIn} .signOut=${this.#signOut}
            ></sync-account>
            ${account
              ? html`
                <button type="button" class="button" @click=${() =>
                  this.panel = "inspector"}>How syncing goes</button>
              `
              : nothing}
          `
          : panel === "problems"
          ? html`
            <sync-conflicts></sync-conflicts>
            <sync-errors only="rejections"></sync-errors>
          `
          : panel === "inspector"
          ? html`<sync-inspector></sync-inspector>`
          : nothing}
      </div>
    `;
  }

  #toggle(panel: Panel, isOpen: boolean) {
    this.panel = isOpen ? null : panel;
    this.isMissing = false;
  }

  async #load(panel: Panel) {
    try {
      await LOAD[panel]();
    } catch (error) {
      // A file that can't be fetched, and nothing else, is a TypeError here.
      if (!(error instanceof TypeError)) throw error;
      this.isMissing = true;
    }
  }

  readonly #signIn = async (credentials: Credentials) => {
    const problem = await this.#share!.session.signIn(credentials);
    if (!problem) {
      this.panel = null;
      await this.updateComplete;
      this.renderRoot.querySelector("h2")?.focus();
    }
    return problem;
  };

  readonly #signOut = async () => {
    this.panel = null;
    await this.#share?.session.signOut();
  };

  readonly #wake = () => void (this.day = today());

  #join() {
    if (this.#share || !this.key || !URL.canParse(this.project ?? "") || keepsNothing()) return;
    const project = { url: this.project!, key: this.key };
    this.#share = share(project, () => this.requestUpdate());
    this.requestUpdate();
  }

  #leave() {
    this.#share?.leave();
    this.#share = undefined;
  }

  #tell() {
    const account = this.#account === undefined ? undefined : this.#account?.id ?? null;
    if (account !== undefined && account !== this.#told.account) {
      this.#told.account = account;
      this.#dispatch<AccountEvent>("fitos-account", { signedIn: account !== null });
    }
    const { snapshot } = this.#sync;
    if (!snapshot) return;
    const status = { state: snapshot.state, pending: snapshot.pendingCount };
    if (JSON.stringify(status) === this.#told.status) return;
    this.#told.status = JSON.stringify(status);
    this.#dispatch<StatusEvent>("fitos-status", status);
  }

  #dispatch<T>(type: string, detail: T) {
    this.dispatchEvent(new CustomEvent<T>(type, { detail, bubbles: true }));
  }
}

/** In a frame whose sandbox has no `allow-same-origin`, or where a person blocks what frames of others store. */
function keepsNothing(): boolean {
  try {
    void localStorage;
    return false;
  } catch {
    return true;
  }
}

customElements.define("fitos-widget", FitosWidget);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-widget": FitosWidget;
  }
}
