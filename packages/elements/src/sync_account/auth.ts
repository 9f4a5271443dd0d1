/** What `<sync-account>` needs of an account; `supabase.auth` fits. */
export interface AccountAuth {
  signInWithPassword(
    credentials: Credentials,
  ): Promise<{ error: { readonly message: string } | null }>;
  signOut(options: { scope: "local" }): Promise<unknown>;
  onAuthStateChange(
    callback: (event: string, session: { user: AccountUser } | null) => void,
  ): { data: { subscription: { unsubscribe(): void } } };
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface AccountUser {
  readonly email?: string | undefined;
}

/** How somebody left: with their data still here, or deleted from this device. */
export interface SignedOut {
  readonly wiped: boolean;
}
