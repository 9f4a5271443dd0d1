import type { Preferences } from "../data/db.ts";

/** Says that a rest is over: as a person has allowed it, and the device can. */
export async function tellRestIsOver(
  { sound, notify }: Pick<Preferences, "sound" | "notify">,
  workout: string,
): Promise<void> {
  if (sound) beep();
  navigator.vibrate?.([200, 100, 200]);
  if (!notify || !document.hidden || !mayNotify()) return;
  const registration = await navigator.serviceWorker.ready;
  await registration.showNotification("Rest is over", { body: workout, tag: "rest" });
}

/** Whether the person has allowed notifications. */
export function mayNotify(): boolean {
  return "Notification" in globalThis && Notification.permission === "granted";
}

/** Asks for it; answers whether they have. */
export async function askToNotify(): Promise<boolean> {
  return "Notification" in globalThis && await Notification.requestPermission() === "granted";
}

/** Two short tones, made here: there is no file to be fetched first. */
function beep() {
  const audio = new AudioContext();
  const gain = new GainNode(audio, { gain: 0.2 });
  gain.connect(audio.destination);
  for (const at of [0, 0.25]) {
    const tone = new OscillatorNode(audio, { frequency: 880 });
    tone.connect(gain);
    tone.start(audio.currentTime + at);
    tone.stop(audio.currentTime + at + 0.15);
    if (at) tone.onended = () => void audio.close();
  }
}
