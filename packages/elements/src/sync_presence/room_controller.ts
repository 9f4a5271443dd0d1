import type { Presence, PresenceSnapshot, SyncApi } from "@fitos/sync";
import type { ReactiveController, ReactiveControllerHost } from "lit";

type Host = ReactiveControllerHost & {
  readonly source: SyncApi | undefined;
  readonly room: string | undefined;
  readonly announce: unknown;
};

/** In the room that the host names, for as long as the host is in the document, and announced where it says so. */
export class RoomController implements ReactiveController {
  #isConnected = false;
  #key: { source: SyncApi | undefined; room: string | undefined } | undefined;
  #presence: Presence<unknown> | undefined;
  #unsubscribe: (() => void) | undefined;
  #announced: unknown;
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  get snapshot(): PresenceSnapshot<unknown> | undefined {
    return this.#presence?.getSnapshot();
  }

  hostConnected(): void {
    this.#isConnected = true;
  }

  hostUpdate(): void {
    if (!this.#isConnected) return;
    const { source, room, announce } = this.#host;
    if (this.#key?.source !== source || this.#key?.room !== room) {
      this.#leave();
      this.#key = { source, room };
      this.#presence = room ? source?.presence(room) : undefined;
      this.#unsubscribe = this.#presence?.subscribe(() => this.#host.requestUpdate());
    }
    if (announce === this.#announced) return;
    if (announce !== undefined) this.#presence?.track(announce);
    else if (this.#announced !== undefined) this.#presence?.untrack();
    if (this.#presence) this.#announced = announce;
  }

  hostDisconnected(): void {
    this.#isConnected = false;
    this.#leave();
  }

  #leave() {
    this.#unsubscribe?.();
    if (this.#announced !== undefined) this.#presence?.untrack();
    this.#presence =
      this.#unsubscribe =
      this.#announced =
      this.#key =
        undefined;
  }
}
