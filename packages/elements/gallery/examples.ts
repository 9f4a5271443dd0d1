/** What the gallery's elements are told. */
import type { Person, SyncInspection, SyncIssue } from "@fitos/sync";

const NOW = Date.UTC(2026, 10, 24, 17, 30);

const issue: Omit<SyncIssue, "id" | "values"> = {
  kind: "rejection",
  table: "exercise_logs",
  key: ["a"],
  op: "update",
  code: "check_violation",
  message: "",
  at: NOW - 240_000,
};

export const rejections: SyncIssue[] = [
  {
    ...issue,
    id: 1,
    message: "repetitions must be between 1 and 1000",
    values: { id: "a", exercise: "Bench press", reps: -8, weight: 62.5, warm_up: false },
  },
  {
    ...issue,
    id: 2,
    table: "workouts",
    op: "insert",
    code: "unique_violation",
    values: {
      id: "b",
      title: "Push day",
      notes: "Slow on the way down, two seconds at the bottom, and no bouncing off the chest.",
      plan: { sets: [5, 5, 5] },
    },
  },
  { ...issue, id: 3, table: "templates", op: "delete", code: "denied", values: null },
];

export const conflicts: SyncIssue[] = [
  {
    ...issue,
    id: 11,
    kind: "conflict",
    table: "workouts",
    code: "superseded",
    values: { id: "c", title: "Legs", scheduled_for: "2026-11-25", notes: null },
  },
  {
    ...issue,
    id: 12,
    kind: "conflict",
    table: "workouts",
    op: "delete",
    code: "superseded",
    values: null,
  },
];

export const rows = new Map<number, Record<string, string | null>>([
  [11, {
    id: "c",
    title: "Legs and core",
    scheduled_for: "2026-11-26",
    notes: "Moved by a day: the gym is closed on Wednesday.",
  }],
  [12, { id: "d", title: "Long run", scheduled_for: "2026-11-28", notes: "18 km, easy" }],
]);

export const people: Person<unknown>[] = [
  "Dana Okafor",
  "Ravi Menon",
  "Sara Lindqvist",
  "Tomás Ruiz",
  "Mei Tanaka",
].map((name, i) => ({ user: `user-${i}`, devices: [{ name }] }));

const strategy = (strategy: "field_merge" | "last_write_wins" | "server_wins") => ({
  strategy,
  seen: strategy !== "last_write_wins",
  groups: [],
});

const exchange: SyncInspection["exchanges"][number] = {
  kind: "pull",
  startedAt: NOW - 1_200,
  ms: 84,
  requests: 1,
  rows: 3,
  bytesSent: 320,
  bytesReceived: 1_840,
  ending: "pulled",
  code: null,
  message: null,
};

export const inspection: SyncInspection = {
  at: NOW,
  client: "0a1f6c1e-8f3e-4a63-9a51-6a2f3e0d9b11",
  version: 1,
  tables: [
    {
      name: "exercises",
      rows: 899,
      pending: 0,
      records: 0,
      unconfirmed: 0,
      strategy: strategy("last_write_wins"),
    },
    {
      name: "workouts",
      rows: 164,
      pending: 3,
      records: 2,
      unconfirmed: 0,
      strategy: strategy("field_merge"),
    },
    {
      name: "exercise_logs",
      rows: 4_210,
      pending: 12,
      records: 3,
      unconfirmed: 1,
      strategy: strategy("field_merge"),
    },
  ],
  batch: { first: 482, rows: 15, records: 5 },
  next: 497,
  cursor: { length: 148, ageMs: 42_000 },
  syncedAt: NOW - 42_000,
  catchingUp: null,
  mustVerify: false,
  connected: true,
  leads: true,
  online: true,
  reachable: false,
  session: "live",
  failuresInARow: 3,
  notBefore: NOW + 6_400,
  live: { isLive: true, topics: 4, crowds: 0, unheard: 0 },
  exchanges: [
    {
      ...exchange,
      startedAt: NOW - 64_000,
      ms: 1_930,
      requests: 5,
      rows: 5_273,
      bytesReceived: 214_000,
    },
    { ...exchange, startedAt: NOW - 50_000, kind: "push", rows: 4, ms: 212, ending: "pushed" },
    { ...exchange, startedAt: NOW - 42_000 },
    {
      ...exchange,
      startedAt: NOW - 9_000,
      kind: "push",
      rows: 15,
      ms: 640,
      bytesReceived: null,
      ending: "failed",
      code: "unavailable",
      message: "The server answered 503.",
    },
  ],
  issues: [],
  storage: { usage: 5_400_000, quota: 2.1e9, persisted: false },
};
