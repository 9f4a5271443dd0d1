import { css } from "lit";

/** Type, buttons and fields as every component shows them. */
export const common = css`
  :host {
    display: block;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  fieldset,
  figure {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h1 {
    font-size: clamp(1.75rem, 1.4rem + 1.6vw, 2.25rem);
    font-weight: 620;
    line-height: 1.1;
    letter-spacing: -0.03em;
    text-wrap: balance;
    overflow-wrap: anywhere;
  }
  h2 {
    font-size: 1.0625rem;
    font-weight: 600;
    letter-spacing: -0.01em;
  }
  .muted {
    color: var(--muted);
  }
  .small {
    font-size: 0.875rem;
  }
  .overline {
    font-size: 0.8125rem;
    font-weight: 550;
    color: var(--muted);
  }
  a {
    color: inherit;
  }
  svg.icon {
    inline-size: 1.25rem;
    block-size: 1.25rem;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
    flex: none;
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
`;

/** Buttons, and links that look like them: plain, primary, quiet, icon. */
export const buttons = css`
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5rem;
    min-block-size: 2.875rem;
    padding: 0.5rem 1.125rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--ink);
    font: inherit;
    font-weight: 550;
    text-decoration: none;
    cursor: pointer;
  }
  .button:hover {
    border-color: var(--field);
  }
  .button[disabled] {
    opacity: 0.55;
    cursor: default;
  }
  .primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  .primary:hover {
    border-color: var(--accent);
    filter: brightness(1.08);
  }
  .quiet {
    background: none;
    border-color: transparent;
  }
  .quiet:hover {
    border-color: transparent;
    background: var(--sunken);
  }
  .danger {
    color: var(--alert);
  }
  .round {
    padding: 0;
    inline-size: 2.75rem;
    min-block-size: 2.75rem;
    border-radius: 50%;
  }
`;

/** Labelled fields: the label above, the field below, a hint or a problem under it. */
export const fields = css`
  .field {
    display: grid;
    gap: 0.375rem;
  }
  .field > span,
  legend {
    font-size: 0.875rem;
    font-weight: 550;
    padding: 0;
  }
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
    background: var(--surface);
    border: 1px solid var(--field);
    border-radius: 0.625rem;
    min-block-size: 2.875rem;
    padding: 0.5rem 0.75rem;
    inline-size: 100%;
    accent-color: var(--accent);
  }
  select {
    /* The browser's own arrow touches the border. */
    appearance: none;
    padding-inline-end: 2.25rem;
    background-image:
      linear-gradient(45deg, transparent 50%, currentColor 50%),
      linear-gradient(-45deg, transparent 50%, currentColor 50%);
    background-position: right 1.25rem center, right 0.9375rem center;
    background-size: 0.3125rem 0.3125rem;
    background-repeat: no-repeat;
  }
  @media (forced-colors: active) {
    select {
      appearance: auto;
      padding-inline-end: 0.75rem;
    }
  }
  textarea {
    resize: vertical;
    min-block-size: 5rem;
    field-sizing: content;
  }
  input:focus-visible,
  select:focus-visible,
  textarea:focus-visible {
    outline-offset: -1px;
    border-color: transparent;
  }
  .check {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    min-block-size: 2.75rem;
    cursor: pointer;
  }
  .check input {
    inline-size: 1.25rem;
    min-block-size: 1.25rem;
    margin: 0;
    flex: none;
  }
  ::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  ::-webkit-search-cancel-button {
    appearance: none;
  }
  [role="alert"] {
    color: var(--alert);
    overflow-wrap: anywhere;
  }
`;

/** Framed rows, as links or not, and the heading of a page with what can be done there. */
export const lists = css`
  .head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    flex-wrap: wrap;
    gap: 0.75rem 1rem;
    margin-block-end: 1.5rem;
  }
  .cards {
    display: grid;
    gap: 0.75rem;
  }
  .card {
    display: grid;
    gap: 0.25rem;
    padding: 1rem 1.125rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    text-decoration: none;
    overflow-wrap: anywhere;
  }
  a.card:hover {
    border-color: var(--field);
  }
  .card h2,
  .card h3 {
    font-size: 1.125rem;
    letter-spacing: -0.015em;
  }
  .empty {
    padding: 1.5rem 1.125rem;
    border: 1px dashed var(--line);
    border-radius: var(--radius);
    color: var(--muted);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.75rem;
  }
  .row > .button {
    flex: 1 1 auto;
  }
  .section {
    color: var(--muted);
    font-size: 0.9375rem;
    font-weight: 550;
  }
`;
