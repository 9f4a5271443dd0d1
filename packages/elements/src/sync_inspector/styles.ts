import { css } from "lit";

export const styles = css`
  section + section {
    margin-block-start: 1.75rem;
  }
  section {
    display: grid;
    gap: 0.625rem;
  }
  dl {
    display: grid;
    grid-template-columns: fit-content(45%) 1fr;
    gap: 0.375rem 1.25rem;
  }
  dd {
    overflow-wrap: anywhere;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.5rem 1rem;
    margin-block-end: 1rem;
  }
  .head h2 {
    font-size: 1.125em;
  }
  .scroll {
    overflow-x: auto;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
    font-size: 0.875em;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    text-align: start;
    font-weight: 400;
    white-space: nowrap;
    padding: 0.5rem 0.75rem;
  }
  thead th {
    color: var(--_muted);
  }
  tbody tr > * {
    border-block-start: 1px solid var(--_line);
  }
  .number {
    text-align: end;
  }
  .some {
    font-weight: 600;
    color: var(--_accent);
  }
  .failed {
    color: var(--_alert);
  }
  .bar {
    inline-size: 2.5rem;
    block-size: 0.25rem;
    vertical-align: middle;
    margin-inline-start: 0.375rem;
    stroke: none;
  }
  :host(:dir(rtl)) .bar {
    scale: -1 1;
  }
  .track {
    fill: var(--_sunken);
  }
  .filled {
    fill: var(--_accent);
  }
  pre {
    margin: 0;
    max-block-size: 16rem;
    overflow: auto;
    padding: 0.75rem 1rem;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_sunken);
    font-size: 0.8125em;
    line-height: 1.5;
    direction: ltr;
    text-align: left;
  }
`;
