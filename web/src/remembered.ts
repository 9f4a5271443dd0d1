/** Who uses FitOS on this device. */
export interface User {
  id: string;
  email: string;
}

/** The key that other tabs watch with the `storage` event. */
export const REMEMBERED = "fitos.user";

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * The user who signed in last and did not sign out. The app keeps this itself, because auth-js
 * answers null for an expired session while offline, and offline is no sign-out.
 */
export function remembered(store: Store): User | null {
  const text = store.getItem(REMEMBERED);
  return text ? JSON.parse(text) as User : null;
}

export function remember(store: Store, { id, email }: User): void {
  store.setItem(REMEMBERED, JSON.stringify({ id, email }));
}

export function forget(store: Store): void {
  store.removeItem(REMEMBERED);
}
