import type { DeviceStorage } from "@fitos/sync";

/** Who uses FitOS on this device. */
export interface User {
  id: string;
  email: string;
}

const KEY = "fitos.user";

/**
 * The user who signed in last and did not sign out, now and after every change in any tab. The app
 * keeps this itself, because auth-js answers null for an expired session while offline, and offline
 * is no sign-out.
 */
export function watchRemembered(
  storage: DeviceStorage,
  callback: (user: User | null) => void,
): () => void {
  return storage.watch(KEY, (text) => callback(parse(text)));
}

/** The same, now. */
export async function remembered(storage: DeviceStorage): Promise<User | null> {
  return parse(await storage.getItem(KEY));
}

export function remember(storage: DeviceStorage, { id, email }: User): Promise<void> {
  return storage.setItem(KEY, JSON.stringify({ id, email }));
}

export function forget(storage: DeviceStorage): Promise<void> {
  return storage.removeItem(KEY);
}

function parse(text: string | null): User | null {
  return text ? JSON.parse(text) as User : null;
}
