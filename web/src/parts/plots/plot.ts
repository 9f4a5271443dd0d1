import { css, html, LitElement, svg, type SVGTemplateResult } from "lit";
import { type Day, shortDay } from "../../data/dates.ts";
import type { Point } from "../../data/progress.ts";
import { common } from "../../ui/styles.ts";
import { labelEvery, type Scale, scaleOf } from "./scale.ts";

const HEIGHT = 200;
const MARGIN = { top: 16, right: 8, bottom: 24, left: 48 };
const LABEL_WIDTH = 56;

/** The area of a plot, in pixels of the screen. */
export interface Area {
  width: number;
  height: number;
  scale: Scale;
  /** The middle of the place of the nth of the points. */
  x(index: number): number;
  y(value: number): number;
}

/**
 * Values by day, as a drawing with its meaning in words, and as a table for whoever wants the
 * numbers.
 */
export abstract class Plot extends LitElement {
  static override properties = {
    points: { attribute: false },
    heading: { type: String },
    unit: { type: String },
    width: { state: true },
  };
  static override styles = [
    common,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
      }
      .plot {
        display: block;
        inline-size: 100%;
        block-size: ${HEIGHT}px;
        overflow: visible;
        font-size: 12px;
        font-variant-numeric: tabular-nums;
      }
      text {
        fill: var(--muted);
      }
      .grid {
        stroke: var(--line);
      }
      .bar {
        fill: var(--accent);
      }
      .line {
        fill: none;
        stroke: var(--accent);
        stroke-width: 2;
        stroke-linejoin: round;
      }
      .dot {
        fill: var(--surface);
        stroke: var(--accent);
        stroke-width: 2;
      }
      summary {
        color: var(--muted);
        font-size: 0.875rem;
        cursor: pointer;
        min-block-size: 2.75rem;
        align-content: center;
      }
      table {
        border-collapse: collapse;
        inline-size: 100%;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 0.375rem 0;
        border-block-end: 1px solid var(--line);
        text-align: start;
        font-weight: 400;
      }
      thead th {
        font-weight: 550;
        font-size: 0.875rem;
      }
      td,
      th:last-child {
        text-align: end;
      }
    `,
  ];

  declare points: readonly Point[];
  /** What the values are. */
  declare heading: string;
  declare unit: string;
  declare width: number;
  readonly #observer = new ResizeObserver(([entry]) => {
    this.width = Math.round(entry?.contentRect.width ?? 0);
  });

  constructor() {
    super();
    this.points = [];
    this.width = 0;
  }

  override connectedCallback() {
    super.connectedCallback();
    this.#observer.observe(this);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  override render() {
    const { points, width, heading, unit } = this;
    const area = this.#area();
    return html`
      <svg class="plot" viewBox="0 0 ${width ||
        1} ${HEIGHT}" role="img" aria-labelledby="title desc">
        <title id="title">${heading}</title>
        <desc id="desc">${describe(points, unit)}</desc>
        ${width ? [this.#grid(area), this.#days(area), this.shapes(area)] : null}
      </svg>
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">${this.dayHeading}</th>
              <th scope="col">${unit}</th>
            </tr>
          </thead>
          <tbody>${points.toReversed().map(({ day, value }) =>
            html`
              <tr>
                <th scope="row">${shortDay(day)}</th>
                <td>${number(value)}</td>
              </tr>
            `
          )}</tbody>
        </table>
      </details>
    `;
  }

  /** What a row of the table stands for. */
  protected abstract readonly dayHeading: string;
  protected readonly isFromZero: boolean = true;
  protected abstract shapes(area: Area): SVGTemplateResult;

  #area(): Area {
    const width = this.width - MARGIN.left - MARGIN.right;
    const height = HEIGHT - MARGIN.top - MARGIN.bottom;
    const { isFromZero } = this;
    const scale = scaleOf(this.points.map(({ value }) => value), { isFromZero });
    const place = width / Math.max(1, this.points.length);
    return {
      width,
      height,
      scale,
      x: (index) => MARGIN.left + place * (index + 0.5),
      y: (value) => MARGIN.top + height * (1 - scale.share(value)),
    };
  }

  #grid({ scale, y }: Area) {
    return scale.ticks.map((tick) =>
      svg`
        <line class="grid" x1=${MARGIN.left} x2=${this.width - MARGIN.right} y1=${y(tick)} y2=${y(
          tick,
        )} />
        <text x=${MARGIN.left - 8} y=${y(tick) + 4} text-anchor="end">${number(tick)}</text>
      `
    );
  }

  #days({ width, x }: Area) {
    const every = labelEvery(this.points.length, width, LABEL_WIDTH);
    const last = this.points.length - 1;
    return this.points.map(({ day }, index) =>
      (last - index) % every ? null : svg`
        <text x=${x(index)} y=${HEIGHT - 4} text-anchor="middle">${shortDay(day)}</text>
      `
    );
  }
}

/** The plot in a sentence. */
function describe(points: readonly Point[], unit: string): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return "No values yet.";
  const best = points.reduce((a, b) => b.value > a.value ? b : a);
  const at = ({ day, value }: Point) => `${number(value)} ${unit} on ${shortDay(day)}`;
  return `From ${at(first)} to ${at(last)}; the most, ${at(best)}.`;
}

const FORMAT = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });
const number = (value: number) => FORMAT.format(value);

/** A day's own label, for a shape under the pointer. */
export function tip({ day, value }: { day: Day; value: number }, unit: string): SVGTemplateResult {
  return svg`<title>${`${shortDay(day)}: ${number(value)} ${unit}`}</title>`;
}
