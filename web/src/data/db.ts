import { supabaseSync, type SyncedDexie } from "@fitos/sync";
import { Dexie, type Table } from "dexie";
import type { Database } from "../database.types.ts";

type Tables = Database["public"]["Tables"];
export type Profile = Tables["profiles"]["Row"];
export type Exercise = Tables["exercises"]["Row"];
export type Workout = Tables["workouts"]["Row"];
/** One set of one exercise; `done_at` is null until it has been done. */
export type ExerciseLog = Tables["exercise_logs"]["Row"];
export type Template = Tables["templates"]["Row"];
/** What athlete and coach say about a workout. */
export type WorkoutComment = Tables["workout_comments"]["Row"];
/** A set before the server has seen it. */
export type NewLog = Tables["exercise_logs"]["Insert"] & {
  id: string;
  user_id: string;
  position: number;
  set_number: number;
};

/** A workout being written, kept on this device until it is saved; one per athlete. */
export interface Draft {
  athlete_id: string;
  /** The id the workout will have; its sets name it already. */
  workout_id: string;
  title: string;
  /** YYYY-MM-DD */
  scheduled_for: string;
  notes: string;
  logs: NewLog[];
}

/** The workout that is being trained right now, on this device. */
export interface Training {
  /** There is one at most. */
  id: "now";
  workout_id: string;
  title: string;
  /** Milliseconds since 1970, as those below. */
  started_at: number;
  /**
   * When the rest between two sets ends: a moment, not a count, so that it is right after the screen
   * was off or the page was closed.
   */
  rest_ends_at: number | null;
  rest_began_at: number | null;
}

/** A row whose deletion can still be taken back: hidden on this device, untouched everywhere else. */
export interface Deletion {
  id: string;
  table: "workouts" | "workout_comments";
  /** When it is deleted; milliseconds since 1970. */
  due_at: number;
}

/** A comment being written, kept on this device until it is said. */
export interface BegunRemark {
  workout_id: string;
  body: string;
}

/** What a person wants of this device. */
export interface Preferences {
  id: "mine";
  /** Seconds between two sets. */
  rest: number;
  sound: boolean;
  /** Whether the end of a rest may be told by a notification. */
  notify: boolean;
}

const synced = {
  profiles: "id",
  coach_athletes: ["coach_id", "athlete_id"],
  exercises: "id",
  workouts: "id",
  exercise_logs: "id",
  workout_comments: "id",
  templates: "id",
} as const;

export type FitosDb = SyncedDexie<Database, typeof synced> & {
  /** Not synced: it belongs to this device. */
  drafts: Table<Draft, string>;
  training: Table<Training, "now">;
  preferences: Table<Preferences, "mine">;
  deletions: Table<Deletion, string>;
  begun_remarks: Table<BegunRemark, string>;
};

/**
 * The database of one user on this device. Every user has one of their own, so that nothing of one
 * is ever shown to, or sent as, another; `name` tells apart what else one origin has of FitOS.
 */
export function openFitos(userId: string, name = "fitos"): FitosDb {
  const db = new Dexie(`${name}~${userId}`, {
    addons: [supabaseSync({ tables: synced })],
  }) as FitosDb;
  db.version(1).stores({
    profiles: "id",
    coach_athletes: "[coach_id+athlete_id], coach_id, athlete_id",
    exercises: "id, owner_id",
    workouts: "id, [user_id+scheduled_for]",
    exercise_logs: "id, workout_id, [user_id+exercise_id]",
    templates: "id, user_id",
    drafts: "athlete_id",
  });
  db.version(2).stores({
    workout_comments: "id, workout_id",
    training: "id",
    preferences: "id",
  });
  db.version(3).stores({ deletions: "id", begun_remarks: "workout_id" });
  return db;
}
