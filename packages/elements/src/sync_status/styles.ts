import { css } from "lit";

export const styles = css`
  :host {
    display: inline-flex;
  }
  [part="status"] {
    display: inline-flex;
    align-items: center;
    gap: 0.4em;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
    color: var(--_muted);
  }
  :host([detailed]) [part="status"] {
    display: inline-grid;
    grid-template-columns: auto 1fr;
    white-space: normal;
    gap: 0.125em 0.5em;
  }
  [part="detail"] {
    grid-column: 2;
    font-size: 0.875em;
    color: var(--_muted);
  }
  .busy {
    color: var(--_accent);
  }
  .waiting {
    color: var(--_ink);
  }
  .alert {
    color: var(--_alert);
  }
`;
