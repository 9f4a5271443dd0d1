import { svg } from "lit";
import { type Area, Plot, tip } from "./plot.ts";

/** A dot for each day, and a line through them. */
export class LinePlot extends Plot {
  protected override readonly dayHeading = "Day";
  protected override readonly isFromZero = false;

  protected override shapes({ x, y }: Area) {
    const at = this.points.map(({ value }, index) => `${x(index)},${y(value)}`);
    return svg`
      <polyline class="line" points=${at.join(" ")} />
      ${this.points.map((point, index) =>
        svg`<circle class="dot" cx=${x(index)} cy=${y(point.value)} r="4">${
          tip(point, this.unit)
        }</circle>`
      )}
    `;
  }
}

customElements.define("fitos-line-plot", LinePlot);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-line-plot": LinePlot;
  }
}
