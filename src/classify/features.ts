/** From zones to a vector: words, beginnings and pairs of words, concepts, shape. One pass over bounded text. */
import { KIND } from "./characters.ts";
import { SEED, mix } from "./hashing.ts";
import { Finder, type Lexicon } from "./lexicon.ts";
import { Reader } from "./reading.ts";
import { type Shape, type ShapeFacts, addShape } from "./shape.ts";
import { type RowOf, Vector } from "./vector.ts";
import { type Zones, ZONE_LIMITS, hasPaste } from "./zones.ts";

/** Namespaces: the same word tells another thing elsewhere. Opening and close of the ask share one. */
const SALT = { ask: 1, body: 3, system: 5, previousAsk: 8, previousAnswer: 9 } as const;
const ROLE = {
  opens: 7,
  first: 71,
  stem4: 11,
  stem6: 13,
  suffix: 17,
  pair: 19,
  triple: 23,
  concept: 31,
} as const;
const CONCEPT_ROLE = { opens: 41, first: 43, besidePaste: 5, alone: 9 } as const;

/** What is told of a judgement: which of these spoke for it, never a word of the text. */
export const GROUPS = ["ask", "pasted", "system", "before", "concepts", "shape"] as const;
export type Group = (typeof GROUPS)[number];

type Style = {
  readonly group: Group;
  readonly salt: number;
  readonly pairs: boolean;
  readonly stems: boolean;
  readonly places: boolean;
  readonly scale: number;
  readonly conceptScale: number;
};
const PASTED = { group: "pasted", salt: SALT.body, pairs: false, stems: false, places: false } as const;
const STYLES = {
  head: { group: "ask", salt: SALT.ask, pairs: true, stems: true, places: true, scale: 1, conceptScale: 1 },
  tail: { group: "ask", salt: SALT.ask, pairs: true, stems: true, places: true, scale: 1, conceptScale: 0.7 },
  body: { ...PASTED, scale: 0.6, conceptScale: 0.5 },
  bodyRest: { ...PASTED, scale: 0.5, conceptScale: 0 },
  bodyEnd: { ...PASTED, scale: 0.36, conceptScale: 0 },
  system: {
    group: "system",
    salt: SALT.system,
    pairs: true,
    stems: true,
    places: false,
    scale: 0.8,
    conceptScale: 0.7,
  },
  previousAsk: {
    group: "before",
    salt: SALT.previousAsk,
    pairs: true,
    stems: true,
    places: true,
    scale: 0.8,
    conceptScale: 0.6,
  },
  previousAnswer: {
    group: "before",
    salt: SALT.previousAnswer,
    pairs: false,
    stems: false,
    places: false,
    scale: 0.3,
    conceptScale: 0,
  },
} as const satisfies Record<string, Style>;

/** Weight of a part of a word beside that of the whole. */
const [STEM_VALUE, SUFFIX_VALUE, CONTEXT_VALUE] = [0.7, 0.5, 0.7];
const SHAPE_VALUE = 0.15;
const FIRST_WORDS = 3;

export type Features = {
  readonly vector: Vector;
  readonly shape: Shape;
  /** Words that the model knows, over the whole conversation, and concepts of the ask. */
  readonly known: number;
};

/** Makes vectors over one lexicon and one set of rows. The vector is valid until the next call. */
export class Featurizer {
  readonly vector: Vector;
  /** Where the features of each group begin, in the order of the vector. */
  readonly groups: { readonly name: Group; readonly from: number }[] = [];
  /** Different concepts of the ask's opening and close. */
  readonly asked: number[] = [];
  private readonly reader = new Reader();
  private readonly finder: Finder;
  /** Features of the zone at hand, known or not: its norm. */
  private size = 0;
  private known = 0;
  private seen = new Uint32Array(1_024);
  private era = 0;

  constructor(lexicon: Lexicon, rowOf: RowOf) {
    this.finder = new Finder(lexicon);
    this.vector = new Vector(rowOf);
  }

  /** Fills the vector. */
  read(zones: Zones, facts: Omit<ShapeFacts, "headWords">): Features {
    const { ask, headEnd, tailStart } = zones;
    this.vector.count = 0;
    this.asked.length = 0;
    this.groups.length = 0;
    this.known = 0;
    const pasted = hasPaste(zones);
    const headWords = this.zone(ask, 0, headEnd, { ...STYLES.head, pasted });
    if (tailStart < ask.length) this.zone(ask, tailStart, ask.length, { ...STYLES.tail, pasted });
    if (tailStart > headEnd) {
      const { bodyStart, bodyEnd } = ZONE_LIMITS;
      const cut = tailStart - headEnd > bodyStart + bodyEnd;
      const bodyEndAt = cut ? headEnd + bodyStart : tailStart;
      const first = Math.min(bodyEndAt, headEnd + ZONE_LIMITS.bodyConcepts);
      this.zone(ask, headEnd, first, { ...STYLES.body, pasted });
      if (bodyEndAt > first) this.zone(ask, first, bodyEndAt, { ...STYLES.bodyRest, pasted });
      if (cut) this.zone(ask, tailStart - bodyEnd, tailStart, { ...STYLES.bodyEnd, pasted });
    }
    const others = ["system", "previousAsk", "previousAnswer"] as const;
    for (const name of others) {
      const text = zones[name];
      if (text !== "") this.zone(text, 0, text.length, { ...STYLES[name], pasted });
    }
    this.groups.push({ name: "shape", from: this.vector.count });
    const shape = addShape(this.vector, zones, { ...facts, headWords }, SHAPE_VALUE);
    return { vector: this.vector, shape, known: this.known + this.asked.length };
  }

  private zone(text: string, from: number, end: number, style: Style & { readonly pasted: boolean }): number {
    const { reader, finder, vector } = this;
    const start = vector.count;
    this.groups.push({ name: style.group, from: start });
    reader.start(text, from, end);
    finder.start();
    this.size = 0;
    let [words, before, twoBefore] = [0, 0, 0];
    while (reader.next()) {
      const word = mix(reader.hash, style.salt);
      const ideograph = reader.kind === KIND.ideograph;
      const unread = vector.count;
      this.add(word, 1);
      if (vector.count > unread && reader.kind !== KIND.digit) this.known += 1;
      if (style.stems && reader.kind === KIND.letter) this.stems(style.salt);
      if ((style.pairs || ideograph) && before !== 0) {
        const pair = mix(mix(before, ROLE.pair), word);
        this.add(pair, 1);
        if (ideograph && style.pairs && twoBefore !== 0) this.add(mix(mix(twoBefore, ROLE.triple), pair), 1);
        if (style.places && ideograph && words <= 2) this.add(mix(pair, ROLE.opens), 1);
      }
      if (style.places && !ideograph) {
        if (reader.opens) this.add(mix(word, ROLE.opens), 1);
        if (words < FIRST_WORDS) this.add(mix(word, ROLE.first + words), 1);
      }
      if (style.conceptScale > 0) finder.take(reader);
      [twoBefore, before] = [ideograph ? before : 0, word];
      words += 1;
    }
    if (this.size > 0) vector.scale(start, style.scale / Math.sqrt(this.size));
    if (style.conceptScale > 0) this.concepts(style);
    return words;
  }

  private stems(salt: number): void {
    const { reader } = this;
    if (reader.length > 5) this.add(mix(mix(reader.prefixes[4] ?? 0, salt), ROLE.stem4), STEM_VALUE);
    if (reader.length > 7) this.add(mix(mix(reader.prefixes[6] ?? 0, salt), ROLE.stem6), STEM_VALUE);
    if (reader.length > 4) this.add(mix(mix(reader.suffix, salt), ROLE.suffix), SUFFIX_VALUE);
  }

  private add(hash: number, value: number): void {
    this.vector.add(hash, value);
    this.size += 1;
  }

  /** Each concept once, and once more for where it stands. */
  private concepts({ salt, conceptScale, pasted }: Style & { readonly pasted: boolean }): void {
    const { finder, vector } = this;
    const start = vector.count;
    this.groups.push({ name: "concepts", from: start });
    this.size = 0;
    this.era += 1;
    for (let index = 0; index < finder.count; index += 1) {
      const concept = finder.concepts[index] ?? 0;
      const hash = mix(mix(mix(SEED, ROLE.concept), salt), concept);
      if (this.seen[concept] !== this.era) {
        this.seen[concept] = this.era;
        this.add(hash, 1);
        if (salt === SALT.ask) {
          this.add(mix(hash, pasted ? CONCEPT_ROLE.besidePaste : CONCEPT_ROLE.alone), CONTEXT_VALUE);
          if (!this.asked.includes(concept)) this.asked.push(concept);
        }
      }
      if (finder.opening[index] === 1) this.add(mix(hash, CONCEPT_ROLE.opens), 1);
      if ((finder.places[index] ?? 0) < 2) this.add(mix(hash, CONCEPT_ROLE.first), 1);
    }
    if (this.size > 0) vector.scale(start, conceptScale / Math.sqrt(this.size));
  }
}
