import type { Locale } from "../core/locale.ts";

export const english = {
  signedInAs: "Signed in as",
  signedIn: "Signed in",
  allSent: "Everything here is on the server too.",
  unsent: (count: number, l: Locale) =>
    l.count(count, {
      one: "One change is on this device only.",
      other: "# changes are on this device only.",
    }),
  signIn: "Sign in",
  signInAgain: "Sign in again to sync",
  keptMeanwhile: (count: number, l: Locale) =>
    l.count(count, {
      one: "One change is kept on this device until then.",
      other: "# changes are kept on this device until then.",
    }),
  email: "E-mail",
  password: "Password",
  failed: "That did not work. Try again.",
  signOut: "Sign out",
  question: "Sign out of this device?",
  questionUnsent: (count: number, l: Locale) =>
    l.count(count, {
      one: "One change has not been sent",
      other: "# changes have not been sent",
    }),
  keep: "Keep my data on this device",
  keepDetail: "It is here again when you sign in.",
  keepDetailUnsent: "What has not been sent is sent when you sign in here again.",
  wipe: "Delete my data from this device",
  wipeDetail: "For a device that others use too. What is on the server stays there.",
  wipeDetailUnsent: (count: number, l: Locale) =>
    l.count(count, {
      one: "The change that has not been sent is lost.",
      other: "The # changes that have not been sent are lost.",
    }),
  syncFirst: "Sync first",
  wipeAndSignOut: "Delete and sign out",
  stay: "Stay signed in",
};

export type AccountWords = typeof english;
