import type { Project } from "../../src/device/account.ts";
import { Session } from "../../src/session.ts";

/** What all widgets of one project on one page share: its database, its client, its socket. */
export interface Share {
  readonly session: Session;
  /** The last one to leave closes it. */
  leave(): void;
}

interface Shared {
  session: Session;
  listeners: Set<() => void>;
}

const opened = new Map<string, Shared>();

/** Takes part in the project's session on this page; `changed` is called when somebody signs in or out. */
export function share({ url, key }: Pick<Project, "url" | "key">, changed: () => void): Share {
  // However it is written: it may end with a slash, or have its host in capitals.
  const address = new URL(url).href.replace(/\/+$/, "");
  // With the whole address in it: the page's own databases are beside the project's, and other projects'.
  const name = `fitos@${address}`;
  const shared = opened.get(name) ?? open({ url: address, key, name });
  const { session, listeners } = shared;
  // A function of its own: one widget may have joined twice for a moment.
  const listener = () => changed();
  listeners.add(listener);
  return {
    session,
    leave() {
      listeners.delete(listener);
      // Not at once: an element that is moved leaves and comes back in one go.
      setTimeout(() => {
        if (listeners.size || opened.get(name) !== shared) return;
        opened.delete(name);
        void session.close();
      });
    },
  };
}

function open(project: Project & { name: string }): Shared {
  const listeners = new Set<() => void>();
  const session = new Session(project, null, () => {
    for (const listener of listeners) listener();
  });
  const shared = { session, listeners };
  opened.set(project.name, shared);
  session.start();
  return shared;
}
