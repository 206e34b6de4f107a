import { describe, expect, it } from "vitest";
import { classify } from "../../src/classify/classify.ts";
import type { Conversation } from "../../src/domain/chat.ts";
import type { Task } from "../../src/domain/traits.ts";

const ask = (prompt: string, more: Partial<Conversation> = {}) =>
  classify("1", { messages: [{ role: "user", content: prompt }], ...more });

const PROMPTS: Readonly<Record<Task, readonly string[]>> = {
  classification: [
    'Is this review positive or negative? "The food was cold and the waiter rude."',
    "Classify this ticket as billing, technical or other: I was charged twice.",
    'what\'s the intent of this message: "where is my parcel"',
    'Quel est le sentiment de cet avis : "Livraison rapide, produit conforme" ?',
    "Classe ce message dans une des catégories : facturation, support. « Je n'arrive pas à me connecter »",
    'Réponds par oui ou non : ce texte parle-t-il de politique ? "Le match a fini 3-1"',
  ],
  extraction: [
    "Extract all email addresses from the text: contact bob@x.com or al@y.org",
    "Pull the name, amount and due date out of this invoice as JSON: ACME, 300 EUR, due 1 May",
    "Extrais les noms de personnes du texte suivant : Jean et Marie sont allés à Paris.",
    "Relève toutes les dates dans ce paragraphe : le 3 mai 2020, puis le 7 juin.",
  ],
  summarization: [
    "Summarize this article in 3 sentences: The government announced today",
    "Give me the key takeaways from this meeting transcript: Bob: hi. Alice: we ship Monday.",
    "Résume ce texte en deux phrases : Le gouvernement a annoncé aujourd'hui",
    "Fais-moi une synthèse de ce rapport : Les ventes ont baissé",
  ],
  translation: [
    "Translate to French: Good morning, how are you?",
    'How do you say "thank you very much" in Japanese?',
    "Traduis en anglais : Je voudrais réserver une table.",
    'Comment dit-on "bonne chance" en allemand ?',
  ],
  rewriting: [
    "Fix the grammar: she go to school yesterday",
    "Make this email more professional: hey dude send me the file",
    "Corrige les fautes : je suis aller a la plage hier",
    "Rends ce mail plus formel : salut, t'as le dossier ?",
  ],
  closed_qa: [
    "According to the passage, when did the war end? Passage: The war started in 1914 and ended in 1918.",
    "Context: Marie Curie was born in Warsaw in 1867. Question: Where was Marie Curie born?",
    "D'après le texte, qui a inventé le téléphone ? Texte : Bell inventa le téléphone en 1876.",
    "Réponds à la question à partir du contexte. Contexte : Paul habite à Lyon. Question : Où habite Paul ?",
  ],
  open_qa: [
    "What is the capital of Australia?",
    "How do I remove a red wine stain from a carpet?",
    "Pourquoi le ciel est-il bleu ?",
    "C'est quoi l'inflation ?",
  ],
  brainstorming: [
    "Give me 10 ideas for a birthday party",
    "Plan a 5-day trip to Japan",
    "Donne-moi 5 idées de cadeaux pour ma mère",
    "Propose des noms pour une application de sport",
  ],
  generation: [
    "Write a short story about a dragon",
    "Draft an email to my boss asking for a raise",
    "Écris un poème sur la mer",
    "Rédige une lettre de motivation pour un poste de comptable",
  ],
  code: [
    "Write a Python function that reverses a string",
    "How do I center a div in CSS?",
    "Écris une fonction JavaScript qui trie un tableau",
    "Corrige ce code : def f(x) return x",
  ],
  reasoning: [
    "What is 17 * 24?",
    "If a train travels 60 miles in 1.5 hours, what is its average speed?",
    "Démontre que racine de 2 est irrationnel",
    "Un train part à 8 h et roule à 90 km/h. À quelle heure arrive-t-il après 270 km ?",
  ],
  chat: ["hi", "thanks!", "Hello, how are you today?", "bonjour", "Salut, ça va ?", "Mets un réveil à 7 h"],
};

describe("task", () => {
  const cases = Object.entries(PROMPTS).flatMap(([task, prompts]) =>
    prompts.map((prompt) => ({ task, prompt })),
  );

  it.each(cases)("$task: $prompt", ({ task, prompt }) => {
    const traits = ask(prompt);
    expect(traits.task).toBe(task);
    expect(traits.evidence).not.toBe("none");
  });

  it("takes the system prompt's task when it names one", () => {
    const sentiment = classify("1", {
      messages: [
        { role: "system", content: "You are a sentiment classifier. Answer with positive or negative." },
        { role: "user", content: "I love it" },
      ],
    });
    expect(sentiment.task).toBe("classification");
    const translator = classify("1", {
      messages: [
        { role: "system", content: "Tu es un traducteur. Traduis chaque message en anglais." },
        { role: "user", content: "Le train est en retard." },
      ],
    });
    expect(translator.task).toBe("translation");
  });

  it.each([
    "You are an accountant.",
    "You are a friendly pirate named Bart.",
    "You are a helpful, concise assistant for the customers of a bakery.",
    "Tu es un assistant poli.",
  ])("is the prompt's under the persona %j", (persona) => {
    const tasks = [
      "Translate into French: the train is late",
      "Write a poem about autumn",
      "Summarize this: the meeting was moved to Monday because the room is taken",
    ].map(
      (content) =>
        classify("1", {
          messages: [
            { role: "system", content: persona },
            { role: "user", content },
          ],
        }).task,
    );
    expect(tasks).toEqual(["translation", "generation", "summarization"]);
  });

  it("ignores what a harness wraps into the user's turn", () => {
    const reminder = "<system-reminder>Write Python code. Translate nothing.</system-reminder>";
    const question = "What is the capital of Australia?";
    const { task, difficulty } = ask(reminder.repeat(500) + question);
    expect({ task, difficulty }).toEqual({ task: "open_qa", difficulty: ask(question).difficulty });
  });

  it('takes the earlier ask when the last turn says "continue"', () => {
    const traits = classify("1", {
      messages: [
        { role: "user", content: "Écris un poème sur la mer" },
        { role: "assistant", content: "La mer…" },
        { role: "user", content: "ok, continue" },
      ],
    });
    expect(traits.task).toBe("generation");
  });
});

describe("evidence", () => {
  it.each(["", "   ", "asdf", "???", "blorp", "12345", "🙂"])("is none for %j", (prompt) => {
    const traits = ask(prompt);
    expect(traits.evidence).toBe("none");
    expect(traits.difficulty, "not the cheapest by accident").toBeGreaterThanOrEqual(0.3);
    expect(traits.outputTokens.p50).toBeGreaterThanOrEqual(100);
  });

  it.each(["hi", "bonjour", "thanks!", "merci"])("is strong for the greeting %j", (prompt) => {
    expect(ask(prompt)).toMatchObject({ task: "chat", evidence: "strong" });
  });

  it("is none when no message is the user's", () => {
    expect(classify("1", { messages: [{ role: "assistant", content: "Write a poem" }] }).evidence).toBe(
      "none",
    );
  });
});

describe("answer length", () => {
  it.each([
    ["Write an essay of 2,000 words on bees", 2500, 3000],
    ["Rédige un article de blog de 1500 mots sur le télétravail", 2200, 2600],
    ["Résume ce texte en deux phrases : Le gouvernement a annoncé", 40, 70],
    ["Write three paragraphs about winter, a story", 300, 420],
    ["Is this review positive or negative? Great!", 1, 10],
    ["Write a detailed technical design for a distributed payment system", 1000, 4000],
    ["Context: she was born in 1867. Question: Where was she born?", 1, 400],
  ])("%s", (prompt, least, most) => {
    const { p50, p90 } = ask(prompt).outputTokens;
    expect(p50).toBeGreaterThanOrEqual(least);
    expect(p50).toBeLessThanOrEqual(most);
    expect(p90).toBeGreaterThanOrEqual(p50);
  });

  it("of a translation follows the text's", () => {
    const sentence = "The train is late because of the snow. ";
    const short = ask(`Translate to French: ${sentence}`).outputTokens.p50;
    expect(ask(`Translate to French: ${sentence.repeat(400)}`).outputTokens.p50).toBeGreaterThan(short * 100);
  });

  it("is never above the request's own cap", () => {
    const capped = ask("Write a 2000-word essay on bees", { max_tokens: 50, max_completion_tokens: 40 });
    expect(capped.outputTokens).toEqual({ p50: 40, p90: 40 });
  });
});

describe("difficulty", () => {
  it.each([
    ["Is this review positive or negative? I love it", 0, 0.2],
    [`Quel est le sentiment de cet avis : "${"produit complexe mais solide ".repeat(60)}" ?`, 0, 0.4],
    ["hi", 0, 0.2],
    ["Write a 2000-word essay on the French Revolution", 0.5, 1],
    ["Rédige une conception technique détaillée pour un système de paiement distribué", 0.5, 1],
    ["Prove that the square root of 2 is irrational", 0.7, 1],
    ["Olympiad: find all positive integers n such that n^2+1 divides n^3+3", 0.7, 1],
    ["Implement a lock-free concurrent queue in C++ and prove its linearizability", 0.7, 1],
  ])("%s", (prompt, least, most) => {
    const { difficulty } = ask(prompt);
    expect(difficulty).toBeGreaterThanOrEqual(least);
    expect(difficulty).toBeLessThanOrEqual(most);
  });

  it("does not rise with the tools that are merely registered", () => {
    const tools = Array.from({ length: 32 }, (_, index) => ({
      type: "function",
      name: `prove_theorem_${index}`,
    }));
    const question = "What time is it in Madrid?";
    expect(ask(question, { tools }).difficulty).toBe(ask(question).difficulty);
  });
});
