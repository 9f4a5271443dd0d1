import { css } from "lit";

/**
 * The border between the page and the widget. The element itself is the page's, to be placed and sized; inside,
 * `.widget` begins anew: what would be inherited is not, and FitOS's own words for colours are set here.
 */
export const border = css`
  :host {
    display: block;
  }
  :host([hidden]) {
    display: none;
  }
  .widget {
    all: initial;
    direction: ltr;
    /* What a page hides or switches off around the widget goes for the widget too. */
    visibility: inherit;
    pointer-events: inherit;
    color-scheme: inherit;
    display: block;
    /* Of the browser's own size, which its user chooses, and not of the page's root; see rem.ts. */
    --rem: 16px;
    --paper: var(--fitos-paper, light-dark(#f7f6f2, #131311));
    --surface: var(--fitos-surface, light-dark(#ffffff, #1c1c19));
    --sunken: var(--fitos-sunken, light-dark(#efede6, #0d0d0c));
    --ink: var(--fitos-ink, light-dark(#1a1a17, #f2f0ea));
    --muted: var(--fitos-muted, light-dark(#605f57, #a5a399));
    --line: var(--fitos-line, light-dark(#e0ddd3, #33332e));
    --field: var(--fitos-field, light-dark(#8b897f, #77756b));
    --accent: var(--fitos-accent, light-dark(#0b6b4c, #63d8a8));
    --on-accent: var(--fitos-on-accent, light-dark(#ffffff, #06251a));
    --tint: var(--fitos-tint, light-dark(#e3efe8, #17301f));
    --alert: var(--fitos-alert, light-dark(#a5301c, #ff9b85));
    --radius: var(--fitos-radius, 0.875rem);
    --sync-ink: var(--ink);
    --sync-muted: var(--muted);
    --sync-accent: var(--accent);
    --sync-on-accent: var(--on-accent);
    --sync-alert: var(--alert);
    --sync-surface: var(--surface);
    --sync-sunken: var(--sunken);
    --sync-line: var(--line);
    --sync-field: var(--field);
    --sync-radius: var(--radius);
    box-sizing: border-box;
    max-inline-size: 42rem;
    padding: 1.25rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--paper);
    color: var(--ink);
    /* The size stays the one that "all" gives. */
    font-family: var(--fitos-font, ui-sans-serif, system-ui, sans-serif);
    line-height: 1.45;
    overflow-wrap: break-word;
    -webkit-text-size-adjust: 100%;
  }
  :host([scheme="light"]) .widget {
    color-scheme: light;
  }
  :host([scheme="dark"]) .widget {
    color-scheme: dark;
  }
`;

export const layout = css`
  .content {
    display: grid;
    gap: 1.25rem;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 1rem;
  }
  h2 {
    margin-inline-end: auto;
    font-size: 1.125rem;
    font-weight: 620;
    letter-spacing: -0.02em;
  }
  h2 span {
    color: var(--muted);
    font-weight: 450;
  }
  sync-status {
    font-size: 0.9375rem;
  }
  .banner {
    inline-size: 100%;
    justify-content: start;
    color: var(--alert);
    text-align: start;
  }
  .panel {
    display: grid;
    gap: 1rem;
    overflow-wrap: anywhere;
    padding: 1rem 1.125rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .panel > .button {
    justify-self: start;
  }
`;
