import { css, html, LitElement, nothing } from "lit";
import { buttons, common } from "../ui/styles.ts";

/** Something that was done and can be taken back. */
export interface Undoable {
  message: string;
  undo: () => Promise<void>;
  /** Called when nobody can take it back any more. */
  lapsed?: () => Promise<void>;
}

/**
 * Asks the app to offer the way back. The window hears of it, since the element that asks may be
 * gone with what it has deleted.
 */
export function offerUndo(detail: Undoable): void {
  dispatchEvent(new CustomEvent<Undoable | null>("fitos-undoable", { detail }));
}

/** Takes back the offer, if there is one. */
export function lapseUndo(): void {
  dispatchEvent(new CustomEvent<Undoable | null>("fitos-undoable", { detail: null }));
}

const SHOWN_MS = 10_000;
/** How often that is prolonged for who has the focus on it. */
const MOST_TIMES = 10;

/** The last undoable deed, with a button, for ten seconds, and longer while it has the focus. */
export class Undo extends LitElement {
  static override properties = { undoable: { attribute: false } };
  static override styles = [
    common,
    buttons,
    css`
      .toast {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        padding: 0.5rem 0.5rem 0.5rem 1.125rem;
        border-radius: var(--radius);
        background: var(--ink);
        color: var(--paper);
        box-shadow: 0 0.5rem 2rem rgb(0 0 0 / 0.25);
      }
      .toast .button {
        background: none;
        border-color: transparent;
        color: inherit;
        text-decoration: underline;
        text-underline-offset: 0.2em;
      }
      .toast :focus-visible {
        outline-color: var(--paper);
      }
    `,
  ];

  declare undoable: Undoable | null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.undoable = null;
  }

  override connectedCallback() {
    super.connectedCallback();
    addEventListener("keydown", this.#onKey);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("keydown", this.#onKey);
    clearTimeout(this.#timer);
  }

  /** Replaces what was offered before. */
  offer(undoable: Undoable): void {
    this.lapse();
    this.undoable = undoable;
    this.#await(1);
  }

  /** Offers it no more. */
  lapse(): void {
    clearTimeout(this.#timer);
    void this.undoable?.lapsed?.();
    this.undoable = null;
  }

  override render() {
    return html`
      <div role="status">${this.undoable
        ? html`
          <div class="toast">
            <span>${this.undoable.message}</span>
            <button type="button" class="button" aria-keyshortcuts="Control+Z Meta+Z"
              @click=${this.#undo}>Undo</button>
          </div>
        `
        : nothing}</div>
    `;
  }

  #await(times: number) {
    this.#timer = setTimeout(() => {
      if (times < MOST_TIMES && this.matches(":focus-within")) this.#await(times + 1);
      else this.lapse();
    }, SHOWN_MS);
  }

  /** From wherever the focus is: ten seconds are little to reach a button by Tab. A field undoes its own. */
  readonly #onKey = (event: KeyboardEvent) => {
    const { key, ctrlKey, metaKey, shiftKey } = event;
    const [target] = event.composedPath();
    const isField = target instanceof Element &&
      target.matches("textarea, select, input:not([type=checkbox], [type=radio])");
    if (key !== "z" || !(ctrlKey || metaKey) || shiftKey || isField || !this.undoable) return;
    event.preventDefault();
    void this.#undo();
  };

  async #undo() {
    const { undoable } = this;
    clearTimeout(this.#timer);
    this.undoable = null;
    await undoable?.undo();
  }
}

customElements.define("fitos-undo", Undo);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-undo": Undo;
  }
}
