/** The question at a sign-out: what becomes of the data on this device. */
import { html, nothing } from "lit";
import type { Locale } from "../core/locale.ts";
import { submitting } from "../core/submitting.ts";
import type { AccountWords } from "./words.ts";

export interface Question {
  words: AccountWords;
  locale: Locale;
  /** What exists on this device alone. */
  unsent: number;
  wipes: boolean;
  canSync: boolean;
  isBusy: boolean;
  failure: string | undefined;
  onChoose(wipes: boolean): void;
  onSync(): void;
  onSubmit(): void;
  onStay(): void;
}

export function signOutQuestion(question: Question) {
  const { words, locale, unsent, wipes, canSync, isBusy, failure } = question;
  const option = (isWipe: boolean, label: string, detail: string) =>
    html`
      <label class="option">
        <input type="radio" name="data" .checked=${wipes === isWipe} aria-describedby=${isWipe
          ? "wipe"
          : "keep"}
          @change=${() => question.onChoose(isWipe)}>
        <span>${label}</span>
        <small id=${isWipe ? "wipe" : "keep"} class=${isWipe && unsent
          ? "danger"
          : nothing}>${detail}</small>
      </label>
    `;
  return html`
    <form @click=${submitting(() => question.onSubmit())}>
      <h2 id="question">${unsent ? words.questionUnsent(unsent, locale) : words.question}</h2>
      <fieldset aria-labelledby="question">
        ${option(false, words.keep, unsent ? words.keepDetailUnsent : words.keepDetail)}
        ${option(
          true,
          words.wipe,
          unsent ? words.wipeDetailUnsent(unsent, locale) : words.wipeDetail,
        )}
      </fieldset>
      <p role="alert">${failure ?? nothing}</p>
      <div class="actions">
        ${unsent && canSync
          ? html`<button type="button" ?disabled=${isBusy} @click=${question.onSync}>${words.syncFirst}</button>`
          : nothing}
        <button class=${wipes ? "primary danger" : "primary"} ?disabled=${isBusy}>${wipes
          ? words.wipeAndSignOut
          : words.signOut}</button>
        <button type="button" class="quiet" @click=${question.onStay}>${words.stay}</button>
      </div>
    </form>
  `;
}
