/** An account that anybody may sign in to; only demonstrations have any. */
export interface DemoAccount {
  label: string;
  email: string;
  password: string;
}

interface Env {
  VITE_SUPABASE_URL: string;
  VITE_SUPABASE_KEY: string;
  /** JSON of `DemoAccount[]`. */
  VITE_DEMO_ACCOUNTS?: string;
}

declare global {
  interface ImportMeta {
    env: Env;
  }
}

/** What the build was told: the project's address, its publishable key, and demo accounts. */
export const config = {
  url: import.meta.env.VITE_SUPABASE_URL,
  key: import.meta.env.VITE_SUPABASE_KEY,
  demoAccounts: JSON.parse(import.meta.env.VITE_DEMO_ACCOUNTS ?? "[]") as DemoAccount[],
};
