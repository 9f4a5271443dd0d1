// Broadcasts from the database. The platform's Realtime reads the write-ahead log; plain PostgreSQL has no
// decoder for that, so a trigger announces each row of realtime.messages with NOTIFY: after commit, in
// commit order, only the key. What is sent while nobody listens is not delivered later, here as there.
import postgres from "postgres";

export type DatabaseMessage = {
  id: string;
  topic: string;
  event: string;
  payload: unknown;
  /** In place of a payload, from realtime.send_binary. */
  bytes: Uint8Array | null;
  private: boolean;
};

export type DatabaseMessages = { stop(): Promise<void> };

const RETRY_MS = 250;

/** Calls `deliver` for each committed broadcast, in order. Reconnects until stopped. */
export async function followMessages(
  adminUrl: string,
  deliver: (message: DatabaseMessage) => void,
  log: (line: string) => void,
): Promise<DatabaseMessages> {
  let stopping = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let announced: string[] = [];
  let reading: Promise<void> = Promise.resolve();

  const options = {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    onclose: () => stopping || listenSoon(),
    onnotify(_channel: string, key: string) {
      announced.push(key);
      if (announced.length === 1) reading = reading.then(readAnnounced);
    },
  };
  const listener = postgres(adminUrl, options);
  const reader = postgres(adminUrl, { max: 1, idle_timeout: 0 });
  await listener`listen realtime_message`;

  return {
    async stop() {
      stopping = true;
      clearTimeout(retry);
      await reading;
      // A limit, since a query under way to a database that was killed never ends by itself.
      await Promise.all([listener.end({ timeout: 1 }), reader.end({ timeout: 1 })]);
    },
  };

  function listenSoon() {
    clearTimeout(retry);
    retry = setTimeout(() => {
      listener`listen realtime_message`.catch((error) => {
        log(`realtime: no connection to the database (${error.message}), trying again`);
        if (!stopping) listenSoon();
      });
    }, RETRY_MS);
  }

  async function readAnnounced() {
    const keys = announced.map(parseKey);
    announced = [];
    try {
      // Through text: as timestamps the driver would cut them to milliseconds, and find nothing.
      const rows = await reader<DatabaseMessage[]>`
        select id, topic, coalesce(event, '') as event, payload, binary_payload as bytes,
          coalesce(private, false) as private
        from realtime.messages
        where extension = 'broadcast'
          and id = any(${keys.map(({ id }) => id)})
          and inserted_at = any(${keys.map(({ insertedAt }) => insertedAt)}::text[]::timestamp[])`;
      const byId = new Map(rows.map((row) => [row.id, row]));
      for (const { id } of keys) {
        const row = byId.get(id);
        if (row) deliver(row);
      }
    } catch (error) {
      // A message is a hint: the client pulls after reconnecting and polls as a backstop.
      log(`realtime: ${keys.length} message(s) lost, the database did not answer (${error})`);
    }
  }
}

function parseKey(key: string) {
  const at = key.lastIndexOf(" ");
  return { insertedAt: key.slice(0, at), id: key.slice(at + 1) };
}
