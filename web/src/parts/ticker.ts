import type { ReactiveController, ReactiveControllerHost } from "lit";

const SECOND = 1000;

/** Renders its host every second, for as long as that is wanted and somebody can see it. */
export class Ticker implements ReactiveController {
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #host: ReactiveControllerHost;
  readonly #isWanted: () => boolean;

  constructor(host: ReactiveControllerHost, isWanted: () => boolean) {
    this.#host = host;
    this.#isWanted = isWanted;
    host.addController(this);
  }

  hostUpdated(): void {
    if (!this.#isWanted()) return this.hostDisconnected();
    this.#timer ??= setInterval(() => this.#host.requestUpdate(), SECOND);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
