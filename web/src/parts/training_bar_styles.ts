import { css } from "lit";

/** One line above the navigation, in the page's ink, so that it is found at arm's length. */
export const bar = css`
  .bar {
    display: flex;
    align-items: center;
    gap: 0.25rem;
    padding: 0.5rem 0.5rem 0.5rem 1.125rem;
    border-radius: var(--radius);
    background: var(--ink);
    color: var(--paper);
    box-shadow: 0 0.5rem 2rem rgb(0 0 0 / 0.25);
    font-variant-numeric: tabular-nums;
  }
  a {
    display: grid;
    flex: 1;
    min-inline-size: 0;
    text-decoration: none;
  }
  strong {
    font-weight: 600;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .rest {
    display: grid;
    gap: 0.125rem;
    inline-size: 5rem;
  }
  .left {
    font-size: 1.5rem;
    font-weight: 620;
    line-height: 1;
    letter-spacing: -0.02em;
    text-align: center;
  }
  progress {
    appearance: none;
    inline-size: 100%;
    block-size: 0.25rem;
    border: none;
    border-radius: 1rem;
    overflow: hidden;
    background: color-mix(in srgb, var(--paper) 25%, transparent);
  }
  progress::-webkit-progress-bar {
    background: none;
  }
  progress::-webkit-progress-value {
    background: var(--paper);
  }
  progress::-moz-progress-bar {
    background: var(--paper);
  }
  .button {
    padding-inline: 0.75rem;
    color: inherit;
  }
  .button.round {
    padding: 0;
  }
  .button:hover {
    background: color-mix(in srgb, var(--paper) 15%, transparent);
  }
  :focus-visible {
    outline-color: var(--paper);
  }
`;
