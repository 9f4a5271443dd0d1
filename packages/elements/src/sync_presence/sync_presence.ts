import type { Person } from "@fitos/sync";
import { html, nothing } from "lit";
import { LanguageController } from "../core/language_controller.ts";
import { SyncElement } from "../core/sync_element.ts";
import { announcedName, initials, shortened, toneOf } from "./people.ts";
import { RoomController } from "./room_controller.ts";
import { styles } from "./styles.ts";
import { english } from "./words.ts";

const TONES = 5;
/** People shown by name; the rest are counted. */
const NAMED = 3;

/**
 * Who is in a room right now, in words and by their initials. Joins the room while it is in the document.
 *
 * @tag sync-presence
 * @csspart people - the whole line
 * @csspart avatars - the initials
 * @csspart avatar - one person's
 * @csspart label - the words
 * @cssprop --sync-surface - colour of the gap between initials: the ground they stand on
 */
export class SyncPresence extends SyncElement {
  static override properties = {
    room: { type: String },
    me: { type: String },
    announce: { attribute: false },
    nameOf: { attribute: false },
  };
  static override styles = [SyncElement.styles, styles];

  /** The room's name, as `db.sync.presence` takes it. */
  declare room: string | undefined;
  /** This person's user id: they know that they are here. */
  declare me: string | undefined;
  /** What this device announces; where undefined it only looks. A `name` in it is shown to the others. */
  declare announce: unknown;
  /** A person's name, in place of the `name` they announce. */
  declare nameOf: ((person: Person<unknown>) => string | undefined) | undefined;

  readonly #language = new LanguageController(this, "presence", english);
  readonly #room = new RoomController(this);

  override render() {
    const snapshot = this.#room.snapshot;
    if (!snapshot) return nothing;
    const { words, locale } = this.#language;
    const others = snapshot.people.filter(({ user }) => user !== this.me);
    if (!others.length) {
      return html`<span part="people" class="nobody" lang=${locale.lang}>
        <span part="label">${words.nobody}</span></span>`;
    }
    const people = others.map((person) => ({ person, name: this.#nameOf(person) }));
    const shown = people.slice(0, people.length > NAMED + 1 ? NAMED : NAMED + 1);
    const rest = people.length - shown.length;
    const names = shown.map(({ name }) => name);
    if (rest) names.push(words.others(rest, locale));
    return html`
      <span part="people" class=${snapshot.isLive ? nothing : "away"} lang=${locale.lang}>
        <span part="avatars" aria-hidden="true">
          ${shown.map(({ person, name }) =>
            html`<span part="avatar" class="tone-${toneOf(person, TONES)}">${initials(name)}</span>`
          )}
        </span>
        <span part="label">${snapshot.isLive
          ? words.here(names, locale)
          : words.wereHere(names, locale)}</span>
      </span>
    `;
  }

  #nameOf(person: Person<unknown>): string {
    const name = this.nameOf ? this.nameOf(person) : announcedName(person);
    return shortened(name ?? "") || this.#language.words.somebody;
  }
}
