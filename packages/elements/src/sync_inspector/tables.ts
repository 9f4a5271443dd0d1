/** The inspector's tables: the queue, and the last exchanges. */
import type { ExchangeRecord, SyncInspection } from "@fitos/sync";
import { html, nothing, svg } from "lit";
import type { Locale } from "../core/locale.ts";
import type { InspectorWords } from "./words.ts";

export function queueTable({ tables, batch }: SyncInspection, w: InspectorWords, l: Locale) {
  return html`
    <div class="scroll" role="region" tabindex="0" aria-labelledby="queue">
      <table part="queue" aria-labelledby="queue">
        <thead>
          <tr>
            <th scope="col">${w.table}</th>
            <th scope="col" class="number">${w.rows}</th>
            <th scope="col" class="number">${w.waiting}</th>
            <th scope="col" class="number">${w.unconfirmed}</th>
            <th scope="col">${w.strategy}</th>
          </tr>
        </thead>
        <tbody>
          ${tables.map(({ name, rows, pending, unconfirmed, strategy }) =>
            html`
              <tr>
                <th scope="row"><bdi>${name}</bdi></th>
                <td class="number">${l.number(rows)}</td>
                <td class="number ${pending ? "some" : ""}">${l.number(pending)}</td>
                <td class="number">${l.number(unconfirmed)}</td>
                <td><bdi>${strategy?.strategy ?? "–"}</bdi></td>
              </tr>
            `
          )}
        </tbody>
      </table>
    </div>
    ${batch
      ? html`<p class="muted small">${w.batch(l.number(batch.first), l.number(batch.rows))}</p>`
      : nothing}
  `;
}

export function exchangeTable(
  exchanges: readonly ExchangeRecord[],
  w: InspectorWords,
  l: Locale,
) {
  if (!exchanges.length) return html`<p class="muted">${w.noExchanges}</p>`;
  const longest = Math.max(...exchanges.map(({ ms }) => ms ?? 0), 1);
  return html`
    <div class="scroll" role="region" tabindex="0" aria-labelledby="exchanges">
      <table part="exchanges" aria-labelledby="exchanges">
        <thead>
          <tr>
            <th scope="col">${w.at}</th>
            <th scope="col">${w.kind}</th>
            <th scope="col">${w.ended}</th>
            <th scope="col" class="number">${w.took}</th>
            <th scope="col" class="number">${w.exchanged}</th>
            <th scope="col" class="number">${w.size}</th>
          </tr>
        </thead>
        <tbody>
          ${[...exchanges].reverse().map((exchange) => row(exchange, longest, w, l))}
        </tbody>
      </table>
    </div>
  `;
}

function row(exchange: ExchangeRecord, longest: number, w: InspectorWords, l: Locale) {
  const { kind, startedAt, ms, rows, bytesSent, bytesReceived, ending, code, message } = exchange;
  const bytes = bytesSent + (bytesReceived ?? 0);
  return html`
    <tr>
      <td>${l.time(startedAt)}</td>
      <td>${w.kinds[kind]}</td>
      <td class=${ending === "failed" ? "failed" : nothing}>${ending
        ? w.endings[ending]
        : w.underWay}${code
        ? html`<br><bdi class="small" title=${message ?? nothing}>${code}</bdi>`
        : nothing}</td>
      <td class="number">${ms === null ? "–" : html`${l.duration(ms)} ${bar(ms / longest)}`}</td>
      <td class="number">${l.number(rows)}</td>
      <td class="number">${bytes ? l.bytes(bytes) : "–"}</td>
    </tr>
  `;
}

/** A drawing, since a length in a style would be an inline style. */
function bar(share: number) {
  return html`<svg class="bar" viewBox="0 0 40 4" aria-hidden="true">${svg`
    <rect width="40" height="4" rx="2" class="track" />
    <rect width=${Math.max(2, share * 40)} height="4" rx="2" class="filled" />
  `}</svg>`;
}
