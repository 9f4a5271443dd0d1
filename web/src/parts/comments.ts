import { FormController } from "@fitos/elements/form-controller.js";
import { css, html, LitElement, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { instant, newId, timestamp } from "../clock.ts";
import { addRemark, begunRemark, keepRemark, type Remark, remarksOn } from "../data/comments.ts";
import type { Workout } from "../data/db.ts";
import { deleteLater } from "../data/deletions.ts";
import { LiveQuery } from "../live_query.ts";
import type { Account } from "../session.ts";
import { icon } from "../ui/icons.ts";
import { buttons, common, fields } from "../ui/styles.ts";
import { offerUndo } from "./undo.ts";

const WHEN = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** What athlete and coach say about a workout. */
export class Comments extends LitElement {
  static override properties = { account: { attribute: false }, workout: { attribute: false } };
  static override styles = [
    common,
    buttons,
    fields,
    css`
      section,
      form {
        display: grid;
        gap: 0.75rem;
      }
      ol {
        display: grid;
        gap: 0.5rem;
      }
      li {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.125rem 0.5rem;
        padding: 0.75rem 1rem;
        border-radius: var(--radius);
        background: var(--sunken);
      }
      .mine {
        background: var(--tint);
      }
      .body {
        grid-column: 1;
        white-space: pre-line;
        overflow-wrap: anywhere;
      }
      li .button {
        grid-column: 2;
        grid-row: 1 / span 2;
        align-self: center;
        color: var(--muted);
      }
      form .button {
        justify-self: start;
      }
    `,
  ];

  declare account: Account;
  declare workout: Workout;
  readonly #remarks = new LiveQuery(this, {
    args: () => [this.account.db, this.workout.id],
    read: remarksOn,
  });
  readonly #begun = new LiveQuery(this, {
    args: () => [this.account.db, this.workout.id],
    read: begunRemark,
  });
  // Fills in what was being written, and never while it is.
  readonly form: FormController<{ body: string }> = new FormController(this, {
    form: () => this.renderRoot.querySelector("form"),
    row: () => this.#begun.value === undefined ? undefined : { body: this.#begun.value },
    key: () => this.workout.id,
  });

  override render() {
    const remarks = this.#remarks.value ?? [];
    return html`
      <section aria-labelledby="comments">
        <h2 id="comments">Comments</h2>
        ${remarks.length
          ? html`<ol>${
            repeat(remarks, ({ comment }) => comment.id, (remark) => this.#remark(remark))
          }</ol>`
          : nothing}
        <form @input=${this.#keep} @submit=${this.#say}>
          <label class="field">
            <span class="visually-hidden">Your comment</span>
            <textarea name="body" rows="2" required maxlength="2000" placeholder="Say something about it …"></textarea>
          </label>
          <button class="button">Comment</button>
        </form>
      </section>
    `;
  }

  #remark(remark: Remark) {
    const { comment, author } = remark;
    const isMine = comment.author_id === this.account.id;
    const mayDelete = isMine || comment.user_id === this.account.id;
    return html`
      <li class=${isMine ? "mine" : ""}>
        <p class="small muted">${isMine ? "You" : author ?? "Somebody"} ·
          <time datetime=${comment.written_at}>${WHEN.format(
            new Date(comment.written_at),
          )}</time></p>
        <p class="body">${comment.body}</p>
        ${mayDelete
          ? html`
            <button type="button" class="button quiet round" aria-label="Delete this comment"
              @click=${() => this.#delete(remark)}>${icon("trash")}</button>
          `
          : nothing}
      </li>
    `;
  }

  #keep({ target }: Event) {
    return keepRemark(this.account.db, this.workout.id, (target as HTMLTextAreaElement).value);
  }

  async #say(event: SubmitEvent) {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const body = String(new FormData(form).get("body")).trim();
    if (!body) return;
    form.reset();
    await addRemark(this.account.db, {
      id: newId(),
      workout_id: this.workout.id,
      user_id: this.workout.user_id,
      author_id: this.account.id,
      body,
      written_at: timestamp(),
    });
  }

  async #delete({ comment: { id } }: Remark) {
    const { db } = this.account;
    const { undo, carryOut } = await deleteLater(db, "workout_comments", id, instant());
    offerUndo({ message: "Comment deleted", undo, lapsed: carryOut });
  }
}

customElements.define("fitos-comments", Comments);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-comments": Comments;
  }
}
