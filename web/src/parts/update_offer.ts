import { css, html, LitElement, nothing } from "lit";
import type { UpdateState } from "../device/updates.ts";
import { buttons, common } from "../ui/styles.ts";

/**
 * Offers a new version of FitOS; it is taken up when its person says so.
 *
 * @fires fitos-update-accepted - the person wants it now
 */
export class UpdateOffer extends LitElement {
  static override properties = { state: { type: String } };
  static override styles = [
    common,
    buttons,
    css`
      .offer {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        max-inline-size: min(43.75rem, calc(100% - 2 * var(--gutter)));
        margin: 0.25rem auto 0.5rem;
        padding: 0.25rem 0.375rem 0.25rem 1rem;
        border-radius: var(--radius);
        background: var(--tint);
        font-size: 0.9375rem;
      }
      .button {
        min-block-size: 2.75rem;
        color: var(--accent);
      }
    `,
  ];

  declare state: UpdateState;

  constructor() {
    super();
    this.state = "none";
  }

  override render() {
    return html`<div role="status">${this.state === "none" ? nothing : this.#offer()}</div>`;
  }

  #offer() {
    if (this.state === "awaited") {
      return html`<p class="offer"><span>Updating, once your changes are sent …</span></p>`;
    }
    const isOutdated = this.state === "outdated";
    return html`
      <p class="offer">
        <span>${isOutdated
          ? "FitOS was updated in another tab."
          : "A new version of FitOS is here."}</span>
        <button type="button" class="button quiet" @click=${() =>
          this.dispatchEvent(new CustomEvent("fitos-update-accepted"))}>
          ${isOutdated ? "Reload" : "Update"}
        </button>
      </p>
    `;
  }
}

customElements.define("fitos-update", UpdateOffer);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-update": UpdateOffer;
  }
}
