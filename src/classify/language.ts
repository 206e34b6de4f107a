/** The language of a text: by script where that settles it, else by its commonest words. */
import type { Words } from "./words.ts";

export const UNKNOWN_LANGUAGE = "und";

/** Only the opening is looked at: the instruction's language, not the pasted text's. */
const SCANNED = { characters: 600, words: 120 } as const;

type Script = { readonly language: string; readonly from: number; readonly to: number };
const SCRIPTS: readonly Script[] = [
  { language: "el", from: 0x370, to: 0x3ff },
  { language: "ru", from: 0x400, to: 0x52f },
  { language: "he", from: 0x590, to: 0x5ff },
  { language: "ar", from: 0x600, to: 0x6ff },
  { language: "hi", from: 0x900, to: 0x97f },
  { language: "bn", from: 0x980, to: 0x9ff },
  { language: "ta", from: 0xb80, to: 0xbff },
  { language: "te", from: 0xc00, to: 0xc7f },
  { language: "th", from: 0xe00, to: 0xe7f },
  { language: "ja", from: 0x3040, to: 0x30ff },
  { language: "zh", from: 0x4e00, to: 0x9fff },
  { language: "ko", from: 0xac00, to: 0xd7af },
];
/** One ideograph says as much as a few letters. */
const LETTERS_PER_IDEOGRAPH = 3;
const FIRST_IDEOGRAPH = 0x3040;

const COMMON_WORDS: Readonly<Record<string, string>> = {
  en: `the of and to is in that it for you with are this be what how do does my your have from can by an or as at not if we they why who when
    where which will would could should about write please give make hi hello hey thanks thank i was explain list between than me translate
    summarize classify extract tell good into code solve fix there had his her wrote all such find every any its which`,
  fr: `le la les des une est et un dans pour que qui sur avec pas par ce cette ces du au aux ou vous nous je tu il elle mon ma mes ton ta son sa
    sont quel quelle quels quelles comment pourquoi quand combien moi en de l d c qu j es bonjour bonsoir salut merci ecris ecrire redige
    resume traduis traduire corrige texte phrase suivant suivante avis donne fait plus mais peux etre a explique propose classe extrais`,
  es: `el la los las una es y un en para que con por no se del al como cual cuales cuando cuanto donde quien mi tu su lo este esta estos son hola
    gracias escribe resume traduce de sobre explica dame puedes texto ser mas pero cuantos cuantas`,
  de: `der die das und ist ein eine einen in zu den mit fur von nicht auf wie was warum wer wann ich du sie wir mein dein im dem des sich auch hallo
    danke schreibe bitte ubersetze fasse zusammen erklare mir kannst sind oder aber hat wird viele`,
  it: `il lo la gli le una e un in per che con non di del della dei delle al come quale quando quanto dove chi mio tuo questo questa sono ciao
    grazie scrivi riassumi traduci spiega dammi puoi testo piu ma quanti quante perche`,
  pt: `o a os as uma e um em para que com por nao se do da dos das no na como qual quando quanto onde quem meu seu este esta sao ola obrigado
    escreva resuma traduza explique voce texto mais mas quantos quantas`,
  nl: `de het een en is van in op voor met niet zijn dat die wat hoe waarom wie wanneer ik je jij wij mijn jouw hallo dank schrijf vertaal vat
    samen leg uit kun zij maar hoeveel deze`,
};

const LANGUAGES = Object.keys(COMMON_WORDS);
/** Places in LANGUAGES. */
const LANGUAGES_BY_WORD = new Map<string, number[]>();
for (const [place, language] of LANGUAGES.entries()) {
  for (const word of new Set((COMMON_WORDS[language] ?? "").split(/\s+/)))
    LANGUAGES_BY_WORD.set(word, [...(LANGUAGES_BY_WORD.get(word) ?? []), place]);
}

/** Letters that few languages use: each is worth as much as a common word. */
const TELLING_LETTERS: Readonly<Record<string, string>> = {
  é: "fr", è: "fr", ê: "fr", à: "fr", ç: "fr", œ: "fr", ñ: "es", "¿": "es", "¡": "es", ß: "de", ä: "de", ö: "de", ü: "de", ã: "pt", õ: "pt", ò: "it",
}; // prettier-ignore
/** By code, the place in LANGUAGES. */
const LANGUAGE_BY_LETTER = new Map(
  Object.entries(TELLING_LETTERS).map(([letter, language]) => [
    letter.charCodeAt(0),
    LANGUAGES.indexOf(language),
  ]),
);
const FIRST_TELLING = Math.min(...LANGUAGE_BY_LETTER.keys());

const scriptOf = (code: number) =>
  SCRIPTS.find((script) => code >= script.from && code <= script.to)?.language;

const addTo = (counts: Map<string, number>, key: string, amount: number) =>
  counts.set(key, (counts.get(key) ?? 0) + amount);

const largest = (counts: ReadonlyMap<string, number>) => {
  let first: [string, number] = [UNKNOWN_LANGUAGE, 0];
  for (const entry of counts) if (entry[1] > first[1]) first = entry;
  return { key: first[0], count: first[1] };
};

function latinLanguage(text: string, words: Words): string {
  const counts = LANGUAGES.map(() => 0);
  const lastWord = Math.min(words.list.length, SCANNED.words);
  for (let at = 0; at < lastWord; at += 1) {
    const places = LANGUAGES_BY_WORD.get(words.list[at] ?? "");
    if (places === undefined) continue;
    for (const place of places) counts[place] = (counts[place] ?? 0) + 1 / places.length + 0.5;
  }
  const lower = text.slice(0, SCANNED.characters).toLowerCase();
  for (let at = 0; at < lower.length; at += 1) {
    const code = lower.charCodeAt(at);
    const place = code < FIRST_TELLING ? undefined : LANGUAGE_BY_LETTER.get(code);
    if (place !== undefined) counts[place] = (counts[place] ?? 0) + 0.5;
  }
  const top = counts.reduce((most, count) => Math.max(most, count), 0);
  const first = counts.indexOf(top);
  // A tie is no answer.
  return top > 0 && counts.lastIndexOf(top) === first
    ? (LANGUAGES[first] ?? UNKNOWN_LANGUAGE)
    : UNKNOWN_LANGUAGE;
}

/** ISO 639-1 of the text's opening, or `und`. `words` are those of the same text. */
export function languageOf(text: string, words: Words): string {
  const scripts = new Map<string, number>();
  let latinLetters = 0;
  const end = Math.min(text.length, SCANNED.characters);
  for (let index = 0; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x250) {
      if ((code | 32) >= 97 && (code | 32) <= 122) latinLetters += 1;
      continue;
    }
    const script = scriptOf(code);
    if (script !== undefined) addTo(scripts, script, code >= FIRST_IDEOGRAPH ? LETTERS_PER_IDEOGRAPH : 1);
  }
  // Japanese mixes kana with more ideographs than Chinese text ever holds kana.
  if ((scripts.get("ja") ?? 0) * 8 > (scripts.get("zh") ?? 0)) scripts.delete("zh");
  const script = largest(scripts);
  if (script.count > latinLetters) return script.key;
  return latinLetters === 0 ? UNKNOWN_LANGUAGE : latinLanguage(text, words);
}
