import { css } from "lit";

/** A month as a table, its days as large as a thumb. */
export const calendar = css`
  .turn,
  .with {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 0.25rem;
  }
  .head {
    flex-wrap: nowrap;
  }
  h1 {
    font-size: clamp(1.375rem, 1rem + 2.4vw, 2.25rem);
    white-space: nowrap;
  }
  .turn .button {
    padding-inline: 0.5rem;
  }
  table {
    inline-size: 100%;
    table-layout: fixed;
    border-collapse: collapse;
    margin-block-end: 1.5rem;
  }
  th {
    padding-block: 0.25rem;
    font-size: 0.8125rem;
    font-weight: 500;
    color: var(--muted);
  }
  td {
    padding: 1px;
  }
  .day {
    display: grid;
    justify-items: center;
    align-content: center;
    gap: 0.25rem;
    min-block-size: 3.25rem;
    border-radius: 0.75rem;
    text-decoration: none;
    font-variant-numeric: tabular-nums;
  }
  .day:hover {
    background: var(--sunken);
  }
  .other {
    color: var(--muted);
  }
  .day[aria-current] .number {
    color: var(--accent);
    font-weight: 700;
  }
  .day[data-selected] {
    background: var(--tint);
    box-shadow: inset 0 0 0 1px var(--accent);
  }
  .marks {
    display: flex;
    gap: 0.1875rem;
    block-size: 0.4375rem;
  }
  .mark {
    inline-size: 0.4375rem;
    block-size: 0.4375rem;
    border-radius: 50%;
    border: 1.5px solid var(--accent);
  }
  .completed {
    background: var(--accent);
  }
  .skipped {
    border-color: var(--muted);
    border-radius: 0;
    block-size: 0;
    align-self: center;
  }
  section {
    display: grid;
    gap: 0.75rem;
    margin-block-end: 2rem;
  }
`;
