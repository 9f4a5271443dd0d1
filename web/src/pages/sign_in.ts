import { css, html, LitElement, nothing } from "lit";
import { config, type DemoAccount } from "../config.ts";
import type { Session } from "../session.ts";
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
      .brand {
        font-weight: 650;
        letter-spacing: -0.03em;
        color: var(--accent);
        margin-block-end: 0.75rem;
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
      .switch {
        margin-block-start: 0.75rem;
        text-align: center;
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
    const { isNew, isBusy } = this;
    return html`
      <p class="brand" aria-hidden="true">FitOS</p>
      <h1>${isNew ? "Make an account" : "Sign in"}</h1>
      <p class="lead">Your training, on every device you use, with or without a network.</p>
      <form @submit=${this.#submit}>
        ${isNew
          ? html`<label class="field"><span>Name</span>
            <input name="name" required autocomplete="name" maxlength="80"></label>`
          : nothing}
        <label class="field">
          <span>E-mail</span>
          <input name="email" type="email" required autocomplete="username"
            .value=${this.session.account?.email ?? ""}>
        </label>
        <label class="field">
          <span>Password</span>
          <input name="password" type="password" required minlength=${isNew ? 8 : nothing}
            autocomplete=${isNew ? "new-password" : "current-password"}>
        </label>
        ${this.problem ? html`<p role="alert">${this.problem}</p>` : nothing}
        <button class="button primary" ?disabled=${isBusy}>
          ${isNew ? "Make account" : "Sign in"}
        </button>
      </form>
      <p class="switch">
        <button type="button" class="button quiet" @click=${this.#toggle}>
          ${isNew ? "I have an account" : "Make an account"}
        </button>
      </p>
      ${config.demoAccounts.length ? this.#demo(config.demoAccounts) : nothing}
    `;
  }

  #demo(accounts: DemoAccount[]) {
    return html`
      <section class="demo" aria-labelledby="demo">
        <h2 id="demo" class="small muted">Or look around as</h2>
        <div>${accounts.map((account) =>
          html`
            <button type="button" class="button" ?disabled=${this.isBusy}
              @click=${() => this.#enter(() => this.session.signIn(account))}>${account
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

  #submit(event: SubmitEvent) {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const field = (name: string) => String(data.get(name) ?? "").trim();
    const credentials = { email: field("email"), password: String(data.get("password") ?? "") };
    return this.#enter(() =>
      this.isNew
        ? this.session.signUp(field("name"), credentials)
        : this.session.signIn(credentials)
    );
  }

  async #enter(attempt: () => Promise<string | null>) {
    this.isBusy = true;
    this.problem = null;
    try {
      this.problem = await attempt();
      if (!this.problem) location.hash = "#/";
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
