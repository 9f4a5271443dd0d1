export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  "public": {
    Tables: {
      "coach_athletes": {
        Row: {
          "athlete_id": string;
          "coach_id": string;
          "created_at": string;
        };
        ComputedFields: never;
        Insert: {
          "athlete_id"?: string;
          "coach_id": string;
          "created_at"?: string;
        };
        Update: {
          "athlete_id"?: string;
          "coach_id"?: string;
          "created_at"?: string;
        };
        Relationships: [];
      };
      "exercise_logs": {
        Row: {
          "created_at": string;
          "done_at": string | null;
          "duration_seconds": number | null;
          "exercise_id": string;
          "id": string;
          "notes": string;
          "position": number;
          "reps": number | null;
          "rpe": number | null;
          "set_number": number;
          "updated_at": string;
          "user_id": string;
          "weight": number | null;
          "workout_id": string;
        };
        ComputedFields: never;
        Insert: {
          "created_at"?: string;
          "done_at"?: string | null;
          "duration_seconds"?: number | null;
          "exercise_id": string;
          "id"?: string;
          "notes"?: string;
          "position"?: number;
          "reps"?: number | null;
          "rpe"?: number | null;
          "set_number"?: number;
          "updated_at"?: string;
          "user_id"?: string;
          "weight"?: number | null;
          "workout_id": string;
        };
        Update: {
          "created_at"?: string;
          "done_at"?: string | null;
          "duration_seconds"?: number | null;
          "exercise_id"?: string;
          "id"?: string;
          "notes"?: string;
          "position"?: number;
          "reps"?: number | null;
          "rpe"?: number | null;
          "set_number"?: number;
          "updated_at"?: string;
          "user_id"?: string;
          "weight"?: number | null;
          "workout_id"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "exercise_logs_exercise_id_fkey";
            columns: ["exercise_id"];
            isOneToOne: false;
            referencedRelation: "exercises";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "exercise_logs_workout_id_user_id_fkey";
            columns: ["workout_id", "user_id"];
            isOneToOne: false;
            referencedRelation: "workouts";
            referencedColumns: ["id", "user_id"];
          },
        ];
      };
      "exercises": {
        Row: {
          "category": string;
          "created_at": string;
          "equipment": (string)[];
          "force": string | null;
          "id": string;
          "instructions": (string)[];
          "level": string | null;
          "mechanics": string | null;
          "muscles": (string)[];
          "name": string;
          "owner_id": string | null;
          "secondary_muscles": (string)[];
          "updated_at": string;
        };
        ComputedFields: never;
        Insert: {
          "category"?: string;
          "created_at"?: string;
          "equipment"?: (string)[];
          "force"?: string | null;
          "id"?: string;
          "instructions"?: (string)[];
          "level"?: string | null;
          "mechanics"?: string | null;
          "muscles"?: (string)[];
          "name": string;
          "owner_id"?: string | null;
          "secondary_muscles"?: (string)[];
          "updated_at"?: string;
        };
        Update: {
          "category"?: string;
          "created_at"?: string;
          "equipment"?: (string)[];
          "force"?: string | null;
          "id"?: string;
          "instructions"?: (string)[];
          "level"?: string | null;
          "mechanics"?: string | null;
          "muscles"?: (string)[];
          "name"?: string;
          "owner_id"?: string | null;
          "secondary_muscles"?: (string)[];
          "updated_at"?: string;
        };
        Relationships: [];
      };
      "profiles": {
        Row: {
          "created_at": string;
          "display_name": string;
          "id": string;
          "updated_at": string;
        };
        ComputedFields: never;
        Insert: {
          "created_at"?: string;
          "display_name": string;
          "id": string;
          "updated_at"?: string;
        };
        Update: {
          "created_at"?: string;
          "display_name"?: string;
          "id"?: string;
          "updated_at"?: string;
        };
        Relationships: [];
      };
      "templates": {
        Row: {
          "created_at": string;
          "id": string;
          "items": NonNullable<Json>;
          "name": string;
          "updated_at": string;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "created_at"?: string;
          "id"?: string;
          "items"?: NonNullable<Json>;
          "name": string;
          "updated_at"?: string;
          "user_id"?: string;
        };
        Update: {
          "created_at"?: string;
          "id"?: string;
          "items"?: NonNullable<Json>;
          "name"?: string;
          "updated_at"?: string;
          "user_id"?: string;
        };
        Relationships: [];
      };
      "workout_comments": {
        Row: {
          "author_id": string;
          "body": string;
          "created_at": string;
          "id": string;
          "updated_at": string;
          "user_id": string;
          "workout_id": string;
          "written_at": string;
        };
        ComputedFields: never;
        Insert: {
          "author_id"?: string;
          "body": string;
          "created_at"?: string;
          "id"?: string;
          "updated_at"?: string;
          "user_id": string;
          "workout_id": string;
          "written_at"?: string;
        };
        Update: {
          "author_id"?: string;
          "body"?: string;
          "created_at"?: string;
          "id"?: string;
          "updated_at"?: string;
          "user_id"?: string;
          "workout_id"?: string;
          "written_at"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "workout_comments_workout_id_user_id_fkey";
            columns: ["workout_id", "user_id"];
            isOneToOne: false;
            referencedRelation: "workouts";
            referencedColumns: ["id", "user_id"];
          },
        ];
      };
      "workouts": {
        Row: {
          "assigned_by": string | null;
          "completed_at": string | null;
          "created_at": string;
          "id": string;
          "notes": string;
          "scheduled_for": string;
          "status": string;
          "title": string;
          "updated_at": string;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "assigned_by"?: string | null;
          "completed_at"?: string | null;
          "created_at"?: string;
          "id"?: string;
          "notes"?: string;
          "scheduled_for": string;
          "status"?: string;
          "title": string;
          "updated_at"?: string;
          "user_id"?: string;
        };
        Update: {
          "assigned_by"?: string | null;
          "completed_at"?: string | null;
          "created_at"?: string;
          "id"?: string;
          "notes"?: string;
          "scheduled_for"?: string;
          "status"?: string;
          "title"?: string;
          "updated_at"?: string;
          "user_id"?: string;
        };
        Relationships: [];
      };
    };
    Views: {
      [_ in never]: never;
    };
    Functions: {
      "sync_changes": { Args: { "request": Json }; Returns: Json };
      "sync_digest": { Args: { "request": Json }; Returns: Json };
      "sync_listen": { Args: { "request": Json }; Returns: Json };
      "sync_pull": { Args: { "request": Json }; Returns: Json };
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof (
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
    )
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals } ? (
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
  )[TableName] extends {
    Row: infer R;
  } ? R
  : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R;
    } ? R
    : never
  : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends
    {
      Insert: infer I;
    } ? I
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I;
    } ? I
    : never
  : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends
    {
      Update: infer U;
    } ? U
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U;
    } ? U
    : never
  : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][
    CompositeTypeName
  ]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never;

export const Constants = {
  "public": {
    Enums: {},
  },
} as const;
