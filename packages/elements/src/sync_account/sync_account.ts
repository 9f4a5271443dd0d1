import { html, nothing } from "lit";
import { LanguageController } from "../core/language_controller.ts";
import { panel } from "../core/panel_styles.ts";
import { submitting } from "../core/submitting.ts";
import { SyncElement } from "../core/sync_element.ts";
import type { AccountAuth, AccountUser, Credentials, SignedOut } from "./auth.ts";
import { signOutQuestion } from "./question.ts";
import { styles } from "./styles.ts";
import { UserController } from "./user_controller.ts";
import { english } from "./words.ts";

/**
 * Signs a person in and out. Leaving asks what becomes of their data on this device, and says how much of it is
 * nowhere else: keep it, delete it, or sync first.
 *
 * @tag sync-account
 * @fires {CustomEvent<SignedOut>} sync-signed-out - somebody has left; where `wiped`, the database is closed for
 *   good, and the next person needs a new one
 * @slot - further ways to sign in, below the form
 * @csspart account - who is signed in
 * @csspart sign-in - the form
 * @csspart sign-out - the button
 * @csspart question - the dialog
 * @cssprop --sync-accent - colour of what is to be done first
 * @cssprop --sync-on-accent - colour of the words on it
 * @cssprop --sync-alert - colour of what deletes
 * @cssprop --sync-field - edge of the fields
 */
export class SyncAccount extends SyncElement {
  static override properties = {
    auth: { attribute: false },
    user: { attribute: false },
    signIn: { attribute: false },
    signOut: { attribute: false },
    failure: { state: true },
    isBusy: { state: true },
    wipes: { state: true },
  };
  static override styles = [SyncElement.styles, panel, styles];

  /** `supabase.auth`. */
  declare auth: AccountAuth | undefined;
  /** Who is signed in, where the app knows it better than `auth`; null for nobody. */
  declare user: AccountUser | null | undefined;
  /** Signs in in place of `auth`; answers what stood in the way, for a person, or null. */
  declare signIn: ((credentials: Credentials) => Promise<string | null>) | undefined;
  /** Signs out in place of `auth`, after the data has been deleted where that was wanted. */
  declare signOut: ((how: SignedOut) => Promise<void>) | undefined;
  /** @internal */
  declare failure: string | undefined;
  /** @internal */
  declare isBusy: boolean;
  /** @internal whether the data is to be deleted */
  declare wipes: boolean;

  readonly #language = new LanguageController(this, "account", english);
  readonly #user = new UserController(this);

  constructor() {
    super();
    this.isBusy = this.wipes = false;
  }

  /** Changes and undecided issues that exist on this device alone. */
  get #unsent(): number {
    return (this.snapshot?.pendingCount ?? 0) + (this.snapshot?.syncErrors.length ?? 0);
  }

  override render() {
    const user = this.user === undefined ? this.#user.user : this.user;
    if (user === undefined) return nothing;
    const isOut = user === null || this.snapshot?.state === "signed-out";
    return html`<div lang=${this.#language.locale.lang}>${
      isOut ? this.#form(user) : this.#account(user)
    }</div>`;
  }

  #account({ email }: AccountUser) {
    const { words, locale } = this.#language;
    const unsent = this.#unsent;
    return html`
      <div part="account" class="account">
        <div>
          <p>${email ? html`${words.signedInAs} <strong><bdi>${email}</bdi></strong>` : words
            .signedIn}</p>
          <p class="muted small">${unsent ? words.unsent(unsent, locale) : words.allSent}</p>
        </div>
        <button part="sign-out" type="button" @click=${this.#ask}>${words.signOut}</button>
      </div>
      <dialog part="question" aria-labelledby="question" closedby="any">
        ${signOutQuestion({
          words,
          locale,
          unsent,
          wipes: this.wipes,
          canSync: this.snapshot?.isOnline ?? false,
          isBusy: this.isBusy,
          failure: this.failure,
          onChoose: (wipes) => this.wipes = wipes,
          onSync: () => this.#syncFirst(),
          onSubmit: () => this.#leave(),
          onStay: () => this.#dialog?.close(),
        })}
      </dialog>
    `;
  }

  #form(user: AccountUser | null) {
    const { words, locale } = this.#language;
    const unsent = this.#unsent;
    return html`
      <form part="sign-in" aria-labelledby="title" @click=${this.#submit}>
        <h2 id="title">${user ? words.signInAgain : words.signIn}</h2>
        ${unsent ? html`<p class="muted">${words.keptMeanwhile(unsent, locale)}</p>` : nothing}
        <label class="field"><span>${words.email}</span>
          <input name="email" type="email" required autocomplete="username" .value=${user?.email ??
            ""}></label>
        <label class="field"><span>${words.password}</span>
          <input name="password" type="password" required autocomplete="current-password"></label>
        <p role="alert">${this.failure ?? nothing}</p>
        <button class="primary" ?disabled=${this.isBusy}>${words.signIn}</button>
        <slot></slot>
      </form>
    `;
  }

  readonly #submit = submitting(async (form) => {
    const data = new FormData(form);
    const credentials = {
      email: String(data.get("email")),
      password: String(data.get("password")),
    };
    await this.#try(async () => {
      if (this.signIn) return await this.signIn(credentials);
      return (await this.auth!.signInWithPassword(credentials)).error?.message ?? null;
    });
  });

  readonly #ask = () => {
    this.failure = undefined;
    this.wipes = false;
    this.#dialog?.showModal();
  };

  async #syncFirst() {
    await this.#try(async () => {
      await this.source!.syncAll();
      return null;
    });
  }

  async #leave() {
    const { wipes: wiped } = this;
    await this.#try(async () => {
      // What is lost by it stands in the dialog.
      if (wiped) await this.source?.wipe({ evenUnsent: true });
      if (this.signOut) await this.signOut({ wiped });
      else await this.auth?.signOut({ scope: "local" });
      this.#dialog?.close();
      this.tell<SignedOut>("sync-signed-out", { wiped });
      return null;
    });
  }

  /** Runs what may fail, and says what it failed with. */
  async #try(work: () => Promise<string | null>) {
    this.isBusy = true;
    this.failure = undefined;
    try {
      this.failure = (await work()) ?? undefined;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : this.#language.words.failed;
    } finally {
      this.isBusy = false;
    }
  }

  get #dialog() {
    return this.renderRoot.querySelector("dialog");
  }
}

declare global {
  interface HTMLElementEventMap {
    "sync-signed-out": CustomEvent<SignedOut>;
  }
}
