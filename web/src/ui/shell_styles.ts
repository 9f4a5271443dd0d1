import { css } from "lit";

/** The frame: a header, the page, and the navigation, at the thumb on a phone. */
export const shell = css`
  :host {
    --gutter: max(1.125rem, env(safe-area-inset-left));
    min-block-size: 100dvh;
  }
  .skip {
    position: absolute;
    inset-block-start: 0.5rem;
    inset-inline-start: 0.5rem;
    z-index: 3;
    padding: 0.75rem 1rem;
    border: none;
    border-radius: var(--radius);
    background: var(--ink);
    color: var(--paper);
    font: inherit;
  }
  .skip:not(:focus) {
    translate: 0 -200%;
  }
  header {
    display: flex;
    align-items: center;
    gap: 1.5rem;
    max-inline-size: 64rem;
    margin-inline: auto;
    padding: 0.75rem var(--gutter);
  }
  .brand {
    font-weight: 650;
    letter-spacing: -0.03em;
    font-size: 1.125rem;
    color: var(--accent);
    text-decoration: none;
    padding-block: 0.5rem;
  }
  .sync {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    margin-inline-start: auto;
    font-size: 0.9375rem;
  }
  sync-button::part(button) {
    border-radius: 50%;
  }
  nav {
    display: flex;
    gap: 0.25rem;
  }
  nav a {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    min-block-size: 2.75rem;
    padding-inline: 0.75rem;
    border-radius: var(--radius);
    color: var(--muted);
    text-decoration: none;
    font-weight: 500;
  }
  nav a:hover {
    color: var(--ink);
  }
  nav a[aria-current] {
    color: var(--ink);
    font-weight: 600;
  }
  nav a[aria-current] svg {
    color: var(--accent);
  }
  .banner {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    box-sizing: border-box;
    max-inline-size: min(43.75rem, calc(100% - 2 * var(--gutter)));
    min-block-size: 2.75rem;
    margin: 0.25rem auto 0.5rem;
    padding: 0.625rem 1rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--alert);
    font-size: 0.9375rem;
    text-decoration: none;
  }
  a.banner:hover {
    border-color: var(--field);
  }
  main {
    max-inline-size: 46rem;
    margin-inline: auto;
    padding: 1.25rem var(--gutter) 10rem;
  }
  main > p {
    margin-block-start: 1rem;
  }
  .bottom {
    position: fixed;
    inset-inline: 1rem;
    inset-block-end: calc(1rem + env(safe-area-inset-bottom));
    z-index: 2;
    display: grid;
    gap: 0.5rem;
    max-inline-size: 28rem;
    margin-inline: auto;
    pointer-events: none;
  }
  .bottom > * {
    pointer-events: auto;
  }
  main:focus {
    outline: none;
  }
  @media (max-width: 52rem) {
    .bottom {
      inset-block-end: calc(4.75rem + env(safe-area-inset-bottom));
    }
    nav {
      position: fixed;
      inset-inline: 0;
      inset-block-end: 0;
      z-index: 2;
      gap: 0;
      padding: 0.375rem 0.5rem calc(0.375rem + env(safe-area-inset-bottom));
      border-block-start: 1px solid var(--line);
      background: var(--paper);
    }
    nav a {
      flex: 1;
      flex-direction: column;
      justify-content: center;
      gap: 0.125rem;
      padding: 0.375rem 0;
      font-size: 0.75rem;
    }
  }
`;
