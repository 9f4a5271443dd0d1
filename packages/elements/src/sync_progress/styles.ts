import { css } from "lit";

/** A native progress bar: its length needs no inline style, which a strict policy would forbid. */
export const styles = css`
  :host {
    display: block;
  }
  div {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 0.5rem 1rem;
    align-items: baseline;
  }
  [part="label"] {
    font-weight: 550;
  }
  [part="count"] {
    color: var(--_muted);
    font-size: 0.875em;
    font-variant-numeric: tabular-nums;
  }
  progress {
    grid-column: 1 / -1;
    inline-size: 100%;
    block-size: 0.5rem;
    border: 0;
    border-radius: 1rem;
    overflow: hidden;
    appearance: none;
    background: var(--_sunken);
    color: var(--_accent);
  }
  progress::-webkit-progress-bar {
    background: var(--_sunken);
  }
  progress::-webkit-progress-value {
    background: var(--_accent);
    border-radius: 1rem;
  }
  progress::-moz-progress-bar {
    background: var(--_accent);
    border-radius: 1rem;
  }
  progress:indeterminate {
    background: linear-gradient(90deg, transparent, var(--_accent), transparent) no-repeat
      50% / 40% 100%, var(--_sunken);
  }
  progress:indeterminate::-webkit-progress-bar {
    background: none;
  }
  progress:indeterminate::-moz-progress-bar {
    background: none;
  }
  @media (prefers-reduced-motion: no-preference) {
    progress::-webkit-progress-value {
      transition: inline-size 0.3s ease-out;
    }
    progress:indeterminate {
      animation: pass 1.6s ease-in-out infinite alternate;
    }
  }
  @keyframes pass {
    from {
      background-position-x: 0, 0;
    }
    to {
      background-position-x: 100%, 0;
    }
  }
  @media (forced-colors: active) {
    progress {
      forced-color-adjust: none;
      --_accent: Highlight;
      --_sunken: Canvas;
      outline: 1px solid CanvasText;
    }
  }
`;
