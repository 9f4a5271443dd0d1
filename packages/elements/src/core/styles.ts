import { css } from "lit";

/**
 * What every element here looks like before a page says otherwise. A page sets the `--sync-*`
 * properties; `color-scheme` on the page decides between light and dark.
 */
export const base = css`
  :host {
    --_ink: var(--sync-ink, light-dark(#1b1b18, #f1efe9));
    --_muted: var(--sync-muted, light-dark(#5f5e57, #a8a69c));
    --_accent: var(--sync-accent, light-dark(#0b6b4c, #63d8a8));
    --_on-accent: var(--sync-on-accent, light-dark(#ffffff, #06281c));
    --_alert: var(--sync-alert, light-dark(#a5301c, #ff9b85));
    --_surface: var(--sync-surface, light-dark(#ffffff, #1d1d1a));
    --_sunken: var(--sync-sunken, light-dark(#f0eee8, #292925));
    --_line: var(--sync-line, light-dark(#dedcd3, #3a3a34));
    --_field: var(--sync-field, light-dark(#85837a, #85837a));
    --_radius: var(--sync-radius, 0.75rem);
    color: var(--_ink);
    font: inherit;
  }
  :host([hidden]) {
    display: none;
  }
  button {
    font: inherit;
    color: inherit;
    min-block-size: 2.75rem;
    min-inline-size: 2.75rem;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
    cursor: pointer;
  }
  button:hover {
    border-color: var(--_field);
  }
  button:disabled {
    cursor: default;
    opacity: 0.6;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  svg {
    inline-size: 1.25em;
    block-size: 1.25em;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
    flex: none;
  }
  @media (prefers-reduced-motion: no-preference) {
    .turning {
      animation: turn 1.2s linear infinite;
      transform-origin: center;
    }
  }
  @keyframes turn {
    to {
      rotate: 360deg;
    }
  }
`;
