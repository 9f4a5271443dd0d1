import type { PresenceSnapshot, SyncApi } from "@fitos/sync";
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { type InTraining, roomOf } from "./announcement.ts";

type Rooms = Pick<SyncApi, "presence">;

/** Which athletes train at this moment, as their own devices say it. */
export class TrainingNow implements ReactiveController {
  #athletes: readonly string[] = [];
  #ends: (() => void)[] = [];
  #isConnected = false;
  readonly #host: ReactiveControllerHost;
  readonly #wanted: () => { rooms: Rooms; athletes: readonly string[] };

  constructor(
    host: ReactiveControllerHost,
    wanted: () => { rooms: Rooms; athletes: readonly string[] },
  ) {
    this.#host = host;
    this.#wanted = wanted;
    host.addController(this);
  }

  /** The title of the workout that an athlete trains, or null. */
  of(athlete: string): string | null {
    const { rooms } = this.#wanted();
    return titleIn(rooms.presence<InTraining>(roomOf(athlete)).getSnapshot(), athlete);
  }

  hostConnected(): void {
    this.#isConnected = true;
  }

  hostUpdated(): void {
    const { rooms, athletes } = this.#wanted();
    if (!this.#isConnected || athletes.join() === this.#athletes.join()) return;
    this.#end();
    this.#athletes = athletes;
    this.#ends = athletes.map((athlete) =>
      rooms.presence<InTraining>(roomOf(athlete)).subscribe(() => this.#host.requestUpdate())
    );
  }

  hostDisconnected(): void {
    this.#isConnected = false;
    this.#end();
  }

  #end() {
    for (const end of this.#ends) end();
    this.#ends = [];
    this.#athletes = [];
  }
}

/** Anybody in a room may announce anything: only the athlete's own word counts, and only a text. */
export function titleIn(
  { people, isLive }: PresenceSnapshot<InTraining>,
  athlete: string,
): string | null {
  const devices: unknown[] = people.find(({ user }) => user === athlete)?.devices.slice() ?? [];
  const titles = devices.flatMap((device) => {
    const { workout } = (device ?? {}) as Partial<InTraining>;
    return typeof workout === "string" ? [workout.slice(0, 120)] : [];
  });
  return isLive ? titles.at(-1) ?? null : null;
}
