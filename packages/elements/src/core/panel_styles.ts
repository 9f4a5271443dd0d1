import { css } from "lit";

/** For the elements one works in: cards, headings, buttons with words, fields. Not in the base. */
export const panel = css`
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  :host {
    display: block;
    line-height: 1.45;
  }
  h2,
  h3,
  p,
  ul,
  dl,
  dd,
  fieldset {
    margin: 0;
    padding: 0;
    border: 0;
    min-inline-size: 0;
  }
  h2,
  h3 {
    font-size: 1em;
    font-weight: 600;
    letter-spacing: -0.005em;
    overflow-wrap: anywhere;
  }
  ul {
    list-style: none;
  }
  .muted,
  time,
  dt {
    color: var(--_muted);
  }
  .small,
  time {
    font-size: 0.875em;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }
  button {
    padding: 0.5rem 1rem;
    font-weight: 550;
  }
  .primary {
    background: var(--_accent);
    border-color: var(--_accent);
    color: var(--_on-accent);
  }
  .primary:hover {
    border-color: var(--_accent);
    filter: brightness(1.08);
  }
  .quiet {
    background: none;
    border-color: transparent;
  }
  .quiet:hover {
    background: var(--_sunken);
    border-color: transparent;
  }
  .danger {
    color: var(--_alert);
  }
  .field {
    display: grid;
    gap: 0.375rem;
    font-size: 0.875em;
    font-weight: 550;
  }
  input:not([type="checkbox"], [type="radio"]),
  textarea {
    inline-size: 100%;
    min-block-size: 2.75rem;
    padding: 0.5rem 0.75rem;
    border: 1px solid var(--_field);
    border-radius: calc(var(--_radius) * 0.75);
    background: var(--_surface);
    color: var(--_ink);
    font: inherit;
    font-size: max(1rem, 1em);
    font-weight: 400;
  }
  textarea {
    min-block-size: 5rem;
    resize: vertical;
  }
  input:is([type="checkbox"], [type="radio"]) {
    inline-size: 1.25rem;
    block-size: 1.25rem;
    margin: 0;
    accent-color: var(--_accent);
  }
  /* Always there, so that what comes into it is announced; takes no room while it is empty. */
  [role="alert"]:empty {
    position: absolute;
  }
  [role="alert"] {
    color: var(--_alert);
    overflow-wrap: anywhere;
  }
`;
