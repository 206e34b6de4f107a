/** The shipped model, unpacked once an isolate. What they hold between calls is scratch memory. */
import { Counter } from "./counts.ts";
import { LanguageModel } from "./language.ts";
import { Model } from "./model.ts";
import { MODEL } from "./weights.ts";

export const model: Model = new Model(MODEL);
export const counter: Counter = new Counter(model.lexicon, MODEL.concepts);
export const languages: LanguageModel = new LanguageModel(MODEL.language);
