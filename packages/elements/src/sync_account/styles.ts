import { css } from "lit";

export const styles = css`
  .account {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.75rem 1.5rem;
  }
  .account p {
    overflow-wrap: anywhere;
  }
  form {
    display: grid;
    gap: 0.875rem;
    max-inline-size: 24rem;
  }
  dialog {
    inline-size: min(28rem, calc(100vw - 2rem));
    padding: 1.5rem;
    border: 1px solid var(--_line);
    border-radius: calc(var(--_radius) * 1.5);
    background: var(--_surface);
    color: var(--_ink);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 0.5);
  }
  dialog form {
    gap: 1.125rem;
    max-inline-size: none;
  }
  h2 {
    font-size: 1.125em;
  }
  fieldset {
    display: grid;
    gap: 0.5rem;
  }
  .option {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 0.125rem 0.75rem;
    align-items: center;
    padding: 0.75rem 1rem;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    cursor: pointer;
  }
  .option:has(:checked) {
    border-color: var(--_accent);
    box-shadow: inset 0 0 0 1px var(--_accent);
  }
  .option span {
    font-weight: 550;
  }
  .option small {
    grid-column: 2;
    color: var(--_muted);
  }
  .option small.danger {
    color: var(--_alert);
  }
  .actions {
    display: grid;
    gap: 0.5rem;
  }
  button.primary.danger {
    background: var(--_alert);
    border-color: var(--_alert);
    color: light-dark(#ffffff, #3a0d04);
  }
`;
