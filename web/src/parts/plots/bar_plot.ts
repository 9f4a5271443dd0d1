import { svg } from "lit";
import { type Area, Plot, tip } from "./plot.ts";

/** A bar for each week. */
export class BarPlot extends Plot {
  protected override readonly dayHeading = "Week from";

  protected override shapes({ width, x, y }: Area) {
    const thick = Math.min(40, width / Math.max(1, this.points.length) * 0.7);
    return svg`${
      this.points.map((point, index) =>
        svg`
          <rect class="bar" x=${x(index) - thick / 2} y=${y(point.value)} width=${thick}
            height=${y(0) - y(point.value)} rx="3">${tip(point, this.unit)}</rect>
        `
      )
    }`;
  }
}

customElements.define("fitos-bar-plot", BarPlot);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-bar-plot": BarPlot;
  }
}
