import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Catalogue } from "../languages/catalogue.ts";
import { catalogueOf, languageFor } from "../languages/languages.ts";
import { Locale } from "./locale.ts";

/** The host's words, in the language of its nearest ancestor with a `lang`; follows when that changes. */
export class LanguageController<Part extends keyof Catalogue> implements ReactiveController {
  words: Catalogue[Part];
  /** Of the words: English where the page's language is none of ours. */
  locale = new Locale("en");
  #observer: MutationObserver | undefined;
  readonly #host: ReactiveControllerHost & Element;
  readonly #part: Part;
  readonly #english: Catalogue[Part];

  constructor(host: ReactiveControllerHost & Element, part: Part, english: Catalogue[Part]) {
    this.#host = host;
    this.#part = part;
    this.#english = this.words = english;
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer = new MutationObserver(() => this.#follow());
    const options = { subtree: true, attributes: true, attributeFilter: ["lang"] };
    for (const root of rootsAround(this.#host)) this.#observer.observe(root, options);
    this.#follow();
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
  }

  #follow() {
    const wanted = langOf(this.#host);
    const lang = languageFor(wanted);
    // `de-AT` writes its numbers as they do there.
    const locale = isLocale(wanted) && (lang !== "en" || /^en\b/i.test(wanted)) ? wanted : lang;
    if (lang === "en") return this.#use(this.#english, locale);
    void catalogueOf(lang).then((catalogue) => {
      if (!catalogue || !this.#host.isConnected || langOf(this.#host) !== wanted) return;
      this.#use(catalogue[this.#part], locale);
    });
  }

  #use(words: Catalogue[Part], lang: string) {
    if (words === this.words && lang === this.locale.lang) return;
    this.words = words;
    this.locale = new Locale(lang);
    this.#host.requestUpdate();
  }
}

function langOf(element: Element): string {
  for (let node: Element | undefined = element; node; node = hostOf(node)) {
    const lang = node.closest("[lang]")?.getAttribute("lang");
    if (lang) return lang;
  }
  return "en";
}

/** A page may say anything; Intl throws at what is no language tag. */
function isLocale(lang: string): boolean {
  try {
    return Intl.getCanonicalLocales(lang).length > 0;
  } catch {
    return false;
  }
}

function hostOf(node: Node): Element | undefined {
  const root = node.getRootNode();
  return root instanceof ShadowRoot ? root.host : undefined;
}

function* rootsAround(element: Element): Iterable<Node> {
  for (let node: Element | undefined = element; node; node = hostOf(node)) yield node.getRootNode();
}
