import { SyncController } from "@fitos/elements";
import type { SyncSnapshot } from "@fitos/sync";
import { html, LitElement, nothing, type PropertyValues } from "lit";
import { today } from "./clock.ts";
import { config } from "./config.ts";
import { isCoach } from "./data/people.ts";
import { LiveQuery } from "./live_query.ts";
import { Updates } from "./device/updates.ts";
import { workerScript } from "./device/worker_script.ts";
import { pageOf, titleOf } from "./pages.ts";
import { DueDeletions } from "./parts/due_deletions.ts";
import type { Undo, Undoable } from "./parts/undo.ts";
import { href, parseRoute, type Route, sectionOf } from "./router.ts";
import { type Account, Session } from "./session.ts";
import { icon, type IconName } from "./ui/icons.ts";
import { shell } from "./ui/shell_styles.ts";
import { common } from "./ui/styles.ts";
import "./parts/training_bar.ts";
import "./parts/undo.ts";
import "./parts/update_offer.ts";

/** FitOS: the frame around the pages, and whose account it shows. */
export class FitosApp extends LitElement {
  static override properties = { route: { state: true }, day: { state: true } };
  static override styles = [common, shell];

  declare route: Route;
  declare day: string;
  readonly #updates = new Updates(() => this.requestUpdate());
  readonly #session = new Session(config, this.#updates.ready, () => this.requestUpdate());
  readonly #sync = new SyncController(this, () => this.#session.account?.db.sync);
  // Carries out what was deleted, in whatever page it was.
  readonly deletions = new DueDeletions(this, () => this.#session.account?.db);
  readonly #isCoach = new LiveQuery(this, {
    args: () => {
      const { account } = this.#session;
      return account ? [account.db, account.id] : undefined;
    },
    read: isCoach,
  });

  constructor() {
    super();
    this.route = parseRoute(location.hash);
    this.day = today();
    addEventListener("fitos-undoable", (event) => {
      const undo = this.renderRoot.querySelector<Undo>("fitos-undo");
      const { detail } = event as CustomEvent<Undoable | null>;
      if (detail) undo?.offer(detail);
      else undo?.lapse();
    });
    addEventListener("hashchange", () => void (this.route = parseRoute(location.hash)));
    // A page left open overnight wakes up on another day.
    document.addEventListener("visibilitychange", () => {
      this.day = today();
      if (!document.hidden) void this.#updates.check();
    });
    this.#session.start();
    // Once the first page has loaded and the network is free.
    addEventListener("load", () => void this.#updates.start(workerScript()), { once: true });
  }

  override render() {
    const { account } = this.#session;
    // What the page says before it knows anything stays until then.
    if (account === undefined) return html`<slot></slot>`;
    if (!account) {
      return html`
        <main tabindex="-1">
          <fitos-sign-in .session=${this.#session}></fitos-sign-in>
        </main>
      `;
    }
    return html`
      <sync-provider .sync=${account.db.sync}>${this.#frame(account)}</sync-provider>
    `;
  }

  #frame(account: Account) {
    return html`
      <header>
        <button type="button" class="skip" @click=${this.#focusMain}>Skip to content</button>
        <a class="brand" href=${href({ page: "today" })}>FitOS</a>
        ${this.#navigation()}
        <div class="sync">
          <sync-status></sync-status>
          <sync-button></sync-button>
        </div>
      </header>
      ${this.#banner()}
      <fitos-update .state=${this.#updates.state} @fitos-update-accepted=${() =>
        this.#updates.accept(account.db.sync)}></fitos-update>
      <main tabindex="-1" aria-label=${titleOf(this.route)}>
        ${pageOf(this.route, { account, session: this.#session, day: this.day })}
      </main>
      <div class="bottom">
        <fitos-undo></fitos-undo>
        <fitos-training-bar .account=${account}></fitos-training-bar>
      </div>
    `;
  }

  override updated(changed: PropertyValues<this>) {
    document.title = `${titleOf(this.route)} · FitOS`;
    // The first page keeps the browser's own focus; a new one is announced by focusing it.
    if (changed.get("route") === undefined) return;
    this.#focusMain();
    scrollTo(0, 0);
  }

  #navigation() {
    const link = (route: Route, name: IconName, label: string) =>
      html`
        <a href=${href(route)} aria-current=${sectionOf(this.route) === route.page
          ? this.route.page === route.page ? "page" : "true"
          : nothing}
        >${icon(name)}<span>${label}</span></a>
      `;
    return html`
      <nav aria-label="Main">
        ${link({ page: "today" }, "today", "Today")}
        ${link({ page: "calendar" }, "calendar", "Calendar")}
        ${link({ page: "library" }, "library", "Library")}
        ${link({ page: "progress" }, "progress", "Progress")}
        ${this.#isCoach.value ? link({ page: "athletes" }, "people", "Athletes") : nothing}
        ${link({ page: "settings" }, "settings", "Settings")}
      </nav>
    `;
  }

  #banner() {
    const snapshot = this.#sync.snapshot;
    if (snapshot?.state === "signed-out") {
      return html`<a class="banner" href=${href({ page: "sign-in" })}>
        ${icon("alert")}<span>Sign in again to sync. Nothing is lost meanwhile.</span></a>`;
    }
    const count = snapshot?.syncErrors.length;
    if (!count) return this.#trouble(snapshot);
    return html`<a class="banner" href=${href({ page: "problems" })}>
      ${icon("alert")}<span>${
      count === 1 ? "One change needs" : `${count} changes need`
    } your decision</span></a>`;
  }

  /** What stands in this device's way; the header has but two words for it. */
  #trouble(snapshot: SyncSnapshot | undefined) {
    if (snapshot?.state !== "attention" || this.#updates.state === "outdated") return nothing;
    return html`<p class="banner" role="alert">${
      icon("alert")
    }<span>${snapshot.trouble}</span></p>`;
  }

  #focusMain() {
    this.renderRoot.querySelector("main")?.focus({ preventScroll: true });
  }
}

customElements.define("fitos-app", FitosApp);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-app": FitosApp;
  }
}
