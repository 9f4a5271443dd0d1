import { css, html, LitElement, nothing } from "lit";
import "@fitos/elements/sync-account.js";
import { config, type DemoAccount } from "../config.ts";
import { href } from "../router.ts";
import type { Credentials, Session } from "../session.ts";
import { buttons, common, fields } from "../ui/styles.ts";

/** Sign in, or make an account. */
export class SignInPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    isNew: { state: true },
    isBusy: { state: true },
    problem: { state: true },
  };
  static override styles = [
    common,
    buttons,
    fields,
    css`
      :host {
        max-inline-size: 24rem;
        margin: clamp(1.5rem, 12vh, 7rem) auto 3rem;
        padding-inline: 1.25rem;
      }
      h1 {
        color: var(--accent);
      }
      .lead {
        margin-block: 0.75rem 2rem;
        color: var(--muted);
        text-wrap: pretty;
      }
      form {
        display: grid;
        gap: 1rem;
      }
      [role="alert"]:not(:empty) {
        margin-block-start: 1rem;
      }
      .demo {
        margin-block-start: 2.5rem;
        padding-block-start: 1.5rem;
        border-block-start: 1px solid var(--line);
        display: grid;
        gap: 0.75rem;
      }
      .demo div {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 0.75rem;
      }
    `,
  ];

  declare session: Session;
  declare isNew: boolean;
  declare isBusy: boolean;
  declare problem: string | null;

  constructor() {
    super();
    this.isNew = false;
    this.isBusy = false;
    this.problem = null;
  }

  override render() {
    return html`
      <h1>FitOS</h1>
      <p class="lead">Your training, on every device you use, with or without a network.</p>
      ${this.isNew ? this.#newAccount() : html`
        <sync-account .user=${this.session.account ?? null} .signIn=${this.#signIn} .signOut=${this
          .#signOut}>
          <button type="button" class="button quiet" @click=${this.#toggle}>Make an account</button>
        </sync-account>
      `}
      <p role="alert">${this.problem ?? nothing}</p>
      ${config.demoAccounts.length ? this.#demo(config.demoAccounts) : nothing}
    `;
  }

  #newAccount() {
    return html`
      <form aria-labelledby="new" @submit=${this.#signUp}>
        <h2 id="new">Make an account</h2>
        <label class="field"><span>Name</span>
          <input name="name" required autocomplete="name" maxlength="80" pattern=".*\\S.*"></label>
        <label class="field"><span>E-mail</span>
          <input name="email" type="email" required autocomplete="username"></label>
        <label class="field"><span>Password</span>
          <input name="password" type="password" required minlength="8"
            autocomplete="new-password"></label>
        <button class="button primary" ?disabled=${this.isBusy}>Make account</button>
        <button type="button" class="button quiet" @click=${this.#toggle}>I have an account</button>
      </form>
    `;
  }

  #demo(accounts: DemoAccount[]) {
    return html`
      <section class="demo" aria-labelledby="demo">
        <h2 id="demo" class="small muted">Or look around as</h2>
        <div>${accounts.map((account) =>
          html`
            <button type="button" class="button" ?disabled=${this.isBusy}
              @click=${() => this.#try(() => this.#signIn(account))}>${account
                .label}</button>
          `
        )}</div>
      </section>
    `;
  }

  #toggle() {
    this.isNew = !this.isNew;
    this.problem = null;
  }

  readonly #signIn = async (credentials: Credentials) => {
    const problem = await this.session.signIn(credentials);
    if (!problem) location.hash = href({ page: "today" });
    return problem;
  };

  readonly #signOut = () => this.session.signOut();

  #signUp(event: SubmitEvent) {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const field = (name: string) => String(data.get(name) ?? "").trim();
    const credentials = { email: field("email"), password: String(data.get("password") ?? "") };
    return this.#try(async () => {
      const problem = await this.session.signUp(field("name"), credentials);
      if (!problem) location.hash = href({ page: "today" });
      return problem;
    });
  }

  async #try(attempt: () => Promise<string | null>) {
    this.isBusy = true;
    this.problem = null;
    try {
      this.problem = await attempt();
    } finally {
      this.isBusy = false;
    }
  }
}

customElements.define("fitos-sign-in", SignInPage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-sign-in": SignInPage;
  }
}
